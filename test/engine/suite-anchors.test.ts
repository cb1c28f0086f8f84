/** Tasks under two names and published numbers in a suite: what is refused, and with which hint. */
import { expect, test } from 'vitest';
import { catalog } from '../../src/catalog/index.ts';
import { ConfigError } from '../../src/core/errors.ts';
import { parseSuite, resolveSuite } from '../../src/engine/suite-file.ts';

const HEAD = `
name: x
datasets: [{ use: phantom, id: films }]
models: [{ id: mine, use: chexzero, from: a.pt }]
`;
const anchor = (more = '') =>
  `anchors: [{ model: mine, dataset: films, task: few, finding: macro, metric: auroc, value: 0.7, tolerance: 0.01, source: s, tag: verified${more} }]`;
const TASKS = 'tasks: [{ use: zero-shot }, { use: zero-shot, id: few }]';

const resolve = (text: string) => resolveSuite(parseSuite(`${HEAD}${text}`, 'x.yaml'), catalog);

function refusal(text: string): ConfigError {
  try {
    resolve(text);
  } catch (cause) {
    if (cause instanceof ConfigError) return cause;
    throw cause;
  }
  throw new Error('nothing was refused');
}

test('a task twice needs two names', () => {
  expect(resolve(TASKS).tasks.map(({ id }) => id)).toEqual([undefined, 'few']);
  expect(refusal('tasks: [{ use: zero-shot }, { use: zero-shot }]').message).toContain('two tasks have the id');
  expect(refusal('tasks: [{ use: view }, { use: zero-shot, id: view }]').message).toContain('"view"');
});

test('a suite without anchors has none, and one with anchors names what it runs', () => {
  expect(resolve(TASKS).anchors).toBeUndefined();
  expect(resolve(`${TASKS}\n${anchor()}`).anchors).toHaveLength(1);
  const model = refusal(`${TASKS}\n${anchor().replace('model: mine', 'model: mien')}`);
  expect(model.message).toBe('suite: an anchor names the model "mien", which the suite does not run');
  expect(model.hint).toContain('"mine"');
  expect(refusal(`${TASKS}\n${anchor().replace('task: few', 'task: fwe')}`).hint).toContain('"few"');
  expect(refusal(`${TASKS}\n${anchor().replace('dataset: films', 'dataset: phantom')}`).message).toContain('dataset');
});

test('a misspelt key, an interval upside down, another tag and a missing source are refused', () => {
  expect(refusal(`${TASKS}\n${anchor(', tolerence: 1')}`).hint).toContain('"tolerance"');
  expect(refusal(`${TASKS}\n${anchor(', interval: [0.8, 0.6]')}`).message).toContain('lower end');
  expect(refusal(`${TASKS}\n${anchor().replace('tag: verified', 'tag: verifed')}`).hint).toContain('"verified"');
  expect(() => resolve(`${TASKS}\n${anchor().replace(' source: s,', '')}`)).toThrow(/anchors\.0\.source/);
});
