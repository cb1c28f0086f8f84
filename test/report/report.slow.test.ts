/** The page in a real browser: no error, no request, sorting, themes, contrast, phones, paper. Needs Debian's Chromium. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderHtml } from '../../src/report/report.ts';
import { BROKEN_IMAGES, columnOf, GROUND, LOWEST_CONTRAST, OPEN_ALL, SHOWN_MODELS, SIDEWAYS } from './page-scripts.ts';
import { sampleData } from './sample-data.ts';

const CHROMIUM = '/usr/bin/chromium';
const found = existsSync(CHROMIUM);
if (!found) console.info(`no ${CHROMIUM}: the report is not tried in a browser`);

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser: Browser;
let folder: string;
let address: string;

beforeAll(async () => {
  if (!found) return;
  folder = mkdtempSync(join(tmpdir(), 'medvlm-report-'));
  const file = join(folder, 'report.html');
  writeFileSync(file, await renderHtml(sampleData()));
  address = pathToFileURL(file).href;
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
});

afterAll(async () => {
  await browser?.close();
  if (folder) rmSync(folder, { recursive: true });
});

interface Visit {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

async function open(
  options: { width?: number; colorScheme?: 'light' | 'dark'; javaScriptEnabled?: boolean } = {},
): Promise<Visit> {
  const { width = 1280, colorScheme = 'light', javaScriptEnabled = true } = options;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, javaScriptEnabled });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(address);
  return { page, complaints, requests };
}

test.runIf(found)('opens from disk without a complaint, asks for nothing, and hostile text stays text', async () => {
  const { page, complaints, requests } = await open();
  await page.evaluate(OPEN_ALL);
  expect(complaints).toEqual([]);
  expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([address]);
  expect(await page.evaluate('window.__hostile')).toBeUndefined();
  expect(await page.evaluate(BROKEN_IMAGES)).toBe(0);
  await page.context().close();
});

const column = (page: Page, index: number) => page.evaluate(columnOf(index)) as Promise<string[]>;

test.runIf(found)('tables sort both ways with undefined values last, and filter by model', async () => {
  const { page } = await open();
  await page.click('#findings details.wide > summary');
  const heading = page.locator('#findings table.metrics').first().locator('th button', { hasText: 'AUROC' });
  await heading.click();
  const falling = (await column(page, 4)).filter((value) => value !== '').map(Number);
  expect(falling.length).toBeGreaterThan(50);
  expect(falling).toEqual([...falling].sort((a, b) => b - a));
  expect((await column(page, 4)).at(-1)).toBe('');
  await heading.click();
  const rising = await column(page, 4);
  expect(rising.filter((value) => value !== '').map(Number)).toEqual([...falling].reverse());
  expect(rising.at(-1)).toBe('');
  await page.selectOption('#findings select.filter >> nth=0', { label: 'chexzero-mini' });
  const shown = (await page.evaluate(SHOWN_MODELS)) as string[];
  expect(new Set(shown)).toEqual(new Set(['chexzero-mini']));
  await page.context().close();
});

test.runIf(found).each(['light', 'dark'] as const)(
  'all text has a contrast of 4.5 or more: %s',
  async (colorScheme) => {
    const { page } = await open({ colorScheme });
    await page.evaluate(OPEN_ALL);
    const { ratio, text } = (await page.evaluate(LOWEST_CONTRAST)) as { ratio: number; text: string };
    expect(ratio, text).toBeGreaterThanOrEqual(4.5);
    await page.context().close();
  },
);

test.runIf(found)('the theme button goes round: auto, light, dark; what it says is what is seen', async () => {
  const { page } = await open({ colorScheme: 'dark' });
  const ground = () => page.evaluate(GROUND);
  const dark = await ground();
  await page.click('#theme');
  expect(await page.innerText('#theme')).toBe('Theme: light');
  expect(await ground()).not.toBe(dark);
  await page.click('#theme');
  expect(await ground()).toBe(dark);
  await page.context().close();
});

test.runIf(found).each([420, 360, 768, 1280])(
  'at %i pixels the page does not scroll sideways, folded or open',
  async (width) => {
    const { page } = await open({ width });
    const overflow = () => page.evaluate(SIDEWAYS);
    expect(await overflow()).toBeLessThanOrEqual(0);
    await page.evaluate(OPEN_ALL);
    expect(await overflow()).toBeLessThanOrEqual(0);
    await page.context().close();
  },
);

test.runIf(found)('without a script the page is whole: tables stand, no dead button shows, details open', async () => {
  const { page, complaints } = await open({ javaScriptEnabled: false });
  expect(complaints).toEqual([]);
  expect(await page.isVisible('#theme')).toBe(false);
  expect(await page.locator('table.leaderboard').count()).toBe(4);
  await page.click('#findings details.wide > summary');
  expect(await page.locator('#findings table.metrics >> nth=0').isVisible()).toBe(true);
  expect(await page.locator('#findings .controls >> nth=0').isVisible()).toBe(false);
  await page.context().close();
});

test.runIf(found)('prints on paper in the light theme, navigation left out', async () => {
  const { page } = await open({ colorScheme: 'dark' });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  expect(await page.evaluate(GROUND)).toBe('rgb(255, 255, 255)');
  expect(await page.isVisible('nav')).toBe(false);
  const pdf = await page.pdf({ format: 'A4' });
  expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-');
  await page.context().close();
});
