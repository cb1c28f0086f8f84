/** The page of `datasets eda`: self-contained, escaped, the same bytes, and readable where nearly everything is undefined. */
import { expect, test } from 'vitest';
import type { DatasetDefinition, Part } from '../../src/core/dataset.ts';
import type { Study } from '../../src/core/study.ts';
import { describeDatasets, type EdaInput } from '../../src/lib/eda/eda.ts';
import type { EdaData } from '../../src/lib/eda/eda-data.ts';
import { type ImageOutcome, imageFacts } from '../../src/lib/eda/image-facts.ts';
import { renderEda } from '../../src/report/eda.ts';

const HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>';

function definition(change: Partial<DatasetDefinition> = {}): DatasetDefinition {
  return {
    ...{
      name: 'toy',
      version: '1',
      title: 'Toy',
      tier: 'open',
      licence: 'CC0',
      citation: 'Nobody 2020',
      synthetic: false,
    },
    ...{ findings: ['No Finding', 'Edema'], splits: ['toy'], obtain: '', options: undefined as never },
    open: () => Promise.reject(new Error('not opened here')),
    ...change,
  };
}

function film(level: number): ImageOutcome {
  const data = Uint8Array.from({ length: 400 }, (_, i) => Math.min(255, level + (i % 20)));
  return {
    state: 'decoded',
    digest: `d${level}`,
    bytes: 1,
    bits: 8,
    facts: imageFacts({ width: 20, height: 20, channels: 1, data }),
  };
}

function input(count: number, change: Partial<DatasetDefinition> = {}): EdaInput {
  const studies = Array.from(
    { length: count },
    (_, i): Study => ({
      id: `s${i}`,
      patientId: `p${i >> 1}`,
      images: [{ id: `image-${i}`, view: i % 2 ? 'frontal' : 'lateral', path: '' }],
      report: { findings: i % 2 ? `The zebra sign ${HOSTILE}.` : 'Lungs are clear.' },
      labels: { Edema: i % 3 ? 'absent' : 'present' },
      ageYears: 20 + i,
      sex: i % 4 < 2 ? 'female' : 'male',
      acquisition: { device: HOSTILE },
    }),
  );
  const parts = studies.map((_, i): Part => (i < count / 2 ? 'train' : 'test'));
  const images = studies.map(({ patientId }, study) => ({
    id: `image-${study}`,
    patient: patientId,
    study,
    outcome: film(study === 0 ? 230 : 90 + study),
  }));
  return {
    definition: definition(change),
    opened: { studies, digest: 'a'.repeat(64), problems: [], split: () => parts },
    split: { name: 'toy', digest: 'def', parts },
    images,
  };
}

const render = (data: EdaData) => renderEda(data, new Map([['image-0', 'data:image/webp;base64,AAAA']]));
/** What readers see: without the style sheet and the script. A title may say why a number is "undefined: …". */
const content = (html: string) => html.replace(/<style>.*?<\/style>|<script>.*?<\/script>/gs, '');
const BROKEN = /NaN|(?<!is )undefined(?!:)|Infinity|\[object|null/;
const broken = (html: string) => BROKEN.exec(content(html))?.[0];

const page = render(describeDatasets([input(24)], 0));

test('one file: nothing from outside, no text that became markup', () => {
  expect(page).toMatch(/^<!doctype html>/);
  expect(page).not.toMatch(/(?:src|href)="(?!#|data:)/);
  expect(page).not.toContain('<script>alert');
  expect(page).not.toContain('<img src=x');
  expect(page).toContain('&lt;script&gt;alert(1)');
  expect(page.match(/<script>/g)).toHaveLength(1);
  expect(page).toContain('src="data:image/webp;base64,AAAA"');
  expect(broken(page)).toBeUndefined();
});

test('every link leads to a section, every drawing says what it shows', () => {
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  for (const [drawing] of page.matchAll(/<svg[^>]*>/g)) expect(drawing).toMatch(/aria-label="[^"]+"|aria-hidden/);
});

test('the same data give the same bytes; two datasets are set against each other', () => {
  expect(render(describeDatasets([input(24)], 0))).toBe(page);
  const two = render(describeDatasets([input(24), input(10, { name: 'other', title: 'Other' })], 0));
  expect(two).toContain('toy <span>against</span> other');
});

test('data that is not open shows neither text nor picture', () => {
  const closed = render(describeDatasets([input(24, { tier: 'credentialed' })], 0));
  expect(closed).not.toMatch(/zebra|image-0|data:image\/webp|Lungs are clear/);
  expect(closed).toContain('credentialed data lets no text into a report');
  expect(closed).toContain('the data-use tier forbids it');
});

test('synthetic data carry the banner, real data none', () => {
  expect(page).not.toContain('class="banner"');
  expect(render(describeDatasets([input(4, { synthetic: true })], 0))).toContain('no clinical meaning');
});

test.each([0, 1, 2])('%i studies', (count) => {
  const small = render(describeDatasets([input(count)], 0));
  expect(broken(small)).toBeUndefined();
  if (count === 0) expect(small).toContain('n/a');
});

test('no image looked at', () => {
  const { images: _images, ...rest } = input(6);
  expect(render(describeDatasets([{ ...rest, images: undefined }], 0))).toContain('no image was looked at');
});
