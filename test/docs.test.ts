// The documentation is true: its commands parse, its links lead somewhere, its suites and those of the package resolve.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { publishedNumbers } from '../src/app/anchors.ts';
import { buildProgram } from '../src/app/cli/program.ts';
import { catalog } from '../src/catalog/index.ts';
import { CHEXPERT_FINDINGS } from '../src/core/study.ts';
import { packageRoot } from '../src/engine/package-root.ts';
import { parseSuite, resolveSuite } from '../src/engine/suite-file.ts';
import { nodeContext } from './context.ts';

const markdown = (folder: string) =>
  readdirSync(join(packageRoot, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

const pages = ['.', 'docs', 'docs/measurements', 'docs/models'].flatMap(markdown);
const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8');

/** Words of a shell line, quotes taken off, up to a comment or a pipe. */
function words(line: string): string[] {
  const found = [...line.matchAll(/'([^']*)'|"([^"]*)"|[^\s'"]+/g)].map(
    ([word, single, double]) => single ?? double ?? word,
  );
  const end = found.findIndex((word) => /^[#|>&]/.test(word));
  return end < 0 ? found : found.slice(0, end);
}

/** Command lines of a page: in shell blocks, comments of suites, and code spans that name a command. */
function commandLines(text: string): string[] {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);
  const lines = [...text.split('\n').map((line) => line.replace(/^[\s#$]+/, '')), ...spans];
  return lines.flatMap((line) => /^(?:npm run (?:-s )?medvlm --|(?:npx )?medvlm) ([a-z-].*)$/.exec(line)?.[1] ?? []);
}

/** Why a line is no command of the program, or undefined. Nothing is run. */
function fault(line: string): string | undefined {
  let command: Command = buildProgram();
  const rest = words(line);
  for (;;) {
    const next = command.commands.find((candidate) => candidate.name() === rest[0]);
    if (!next) break;
    command = next;
    rest.shift();
  }
  if (command.commands.length > 0 && rest[0] !== undefined && !/^--(help|version)$/.test(rest[0]))
    return `no command "${rest[0]}"`;
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i]!;
    if (!word.startsWith('--')) continue;
    const [name, inline] = word.split('=', 2) as [string, string?];
    if (name === '--help' || name === '--version') continue;
    const option = command.options.find((candidate) => candidate.long === name);
    if (!option) return `no option "${name}"`;
    if (!option.required || inline !== undefined) continue;
    const value = rest[++i];
    if (value === undefined) return `option "${name}" without a value`;
    // A placeholder is no value; a real one must be accepted.
    if (option.parseArg && /^[\w.]/.test(value) && !/^[A-Z]+$/.test(value))
      option.parseArg(value, option.defaultValue ?? []);
  }
  return undefined;
}

test('every command of the documentation is one', () => {
  const lines = pages.flatMap((page) => commandLines(read(page)).map((line) => ({ page, line })));
  expect(lines.length).toBeGreaterThan(10);
  const faults = lines.map(({ page, line }) => ({ page, line, fault: fault(line) }));
  expect(faults.filter((entry) => entry.fault !== undefined)).toEqual([]);
});

test('a command that is none is noticed', () => {
  expect(fault('rnu demo')).toBe('no command "rnu"');
  expect(fault('run demo --limits 3')).toBe('no option "--limits"');
  expect(fault('datasets chekc iu-xray')).toBe('no command "chekc"');
  expect(() => fault('run demo --limit many')).toThrow(/whole number/);
});

test('every relative link leads to a file', () => {
  const links = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => ({ page, target: match[1]!.replace(/#.*$/, '') })),
  );
  const relative = links.filter(({ target }) => target !== '' && !/^[a-z]+:/.test(target));
  expect(relative.length).toBeGreaterThan(10);
  expect(relative.filter(({ page, target }) => !existsSync(join(packageRoot, dirname(page), target)))).toEqual([]);
});

/** An example of one section, with the rest of a suite around it. */
function wholeSuite(text: string): string {
  const rest = {
    name: 'name: example',
    datasets: 'datasets: [{ use: phantom }]',
    models: 'models: [{ id: a, use: chexzero, from: a.pt }]',
    tasks: 'tasks: [{ use: view }]',
  };
  const missing = Object.entries(rest).filter(([key]) => !new RegExp(`^${key}:`, 'm').test(text));
  return [text, ...missing.map(([, line]) => line)].join('\n');
}

test('every suite of the documentation resolves', () => {
  const suites = pages.flatMap((page) =>
    [...read(page).matchAll(/```ya?ml\n([\s\S]*?)```/g)].map((match) => ({ page, text: match[1]! })),
  );
  expect(suites.length).toBeGreaterThan(1);
  for (const { page, text } of suites) {
    expect(resolveSuite(parseSuite(wholeSuite(text), page), catalog).tasks).not.toEqual([]);
  }
});

const suitesIn = (folder: string) =>
  readdirSync(join(packageRoot, folder))
    .filter((name) => name.endsWith('.yaml') && name !== 'published.yaml')
    .map((name) => join(folder, name));

describe('suites that come along', () => {
  test.each([...suitesIn('suites'), ...suitesIn('suites/anchors')])('%s', (path) => {
    const text = read(path);
    const suite = resolveSuite(parseSuite(text, path), catalog);
    expect(suite.name).toBe(basename(path, '.yaml'));
    if (dirname(path).endsWith('anchors')) expect(suite.anchors?.length).toBeGreaterThan(0);
    for (const line of commandLines(text)) expect(fault(line)).toBeUndefined();
    const sources = suite.models.flatMap((model) => model.from ?? []).filter((from) => from.startsWith('../assets/'));
    for (const source of sources) expect(existsSync(join(packageRoot, dirname(path), source))).toBe(true);
  });
});

test('what the documentation says of results, splits and plug-ins is what there is', () => {
  for (const name of catalog.datasets.keys())
    expect(read('docs/datasets.md') + read('docs/phantom.md')).toContain(name);
  for (const { splits } of catalog.datasets.values()) {
    for (const split of splits) expect(read('docs/datasets.md') + read('docs/phantom.md')).toContain(split);
  }
  for (const name of catalog.models.keys()) expect(read('docs/models/README.md')).toContain(`| \`${name}\` |`);
  for (const name of catalog.tasks.keys()) expect(read('docs/tasks.md')).toContain(`## \`${name}\``);
  for (const id of catalog.prompts.keys()) expect(read('docs/tasks.md')).toContain(id);
});

describe('published numbers', () => {
  test('each names a model that there is, and a suite that holds the same value or what is missing', async () => {
    const numbers = await publishedNumbers(nodeContext().files);
    expect(numbers.filter(({ tag }) => tag !== 'reported').length).toBeGreaterThan(40);
    for (const { model, metric, suite, value } of numbers) {
      if (model !== null) expect([...catalog.models.keys()]).toContain(model);
      if (suite === undefined) continue;
      const { anchors } = parseSuite(read(`suites/anchors/${suite}.yaml`), suite);
      const near = anchors!.filter((anchor) => Math.abs(anchor.value - value) <= anchor.tolerance);
      expect(near.map((anchor) => anchor.metric)).toContain(metric);
    }
  });

  test('the means among CheXzero’s anchors are those of its findings, which are CheXpert’s', () => {
    const suite = parseSuite(read('suites/anchors/chexzero-chexpert-test.yaml'), 'chexzero');
    const anchors = suite.anchors!;
    const byFinding = new Map(anchors.map(({ finding, value }) => [finding, value]));
    const mean = (findings: readonly string[]) =>
      findings.reduce((sum, finding) => sum + byFinding.get(finding)!, 0) / findings.length;
    const meanOf = (task: string) => anchors.find((one) => one.task === task && one.finding === 'macro')!.value;
    const five = suite.tasks.find(({ id }) => id === 'five-findings')!.options.findings as string[];
    expect(five).toHaveLength(5);
    expect(meanOf('five-findings')).toBeCloseTo(mean(five), 4);
    expect(meanOf('all-findings')).toBeCloseTo(mean(CHEXPERT_FINDINGS), 4);
    const inverted = mean(CHEXPERT_FINDINGS) + (1 - 2 * byFinding.get('No Finding')!) / CHEXPERT_FINDINGS.length;
    expect(inverted).toBeCloseTo(0.808, 3);
  });
});
