// Strict accounting of keys: what is missing, unexpected or misshaped is named, with the nearest expected name.
import { expect, test } from 'vitest';
import { accountKeys } from '../../../src/lib/checkpoint/accounting.ts';
import type { NamedTensor } from '../../../src/lib/checkpoint/tensor.ts';

function tensor(name: string, shape: readonly number[] = [2]): NamedTensor {
  return { name, shape, dtype: 'float32', storage: name, read: () => new Float32Array(2) };
}

const slots = new Map<string, readonly number[]>([
  ['ln.weight', [2]],
  ['ln.bias', [2]],
  ['scale', []],
]);
const whole = [tensor('ln.weight'), tensor('ln.bias'), tensor('scale', [])];

test('every slot filled and every key consumed', () => {
  const found = accountKeys([...whole, tensor('buffer')], slots, { ignore: new Set(['buffer']), where: 'x.pt' });
  expect([...found.keys()]).toEqual(expect.arrayContaining(['ln.weight', 'ln.bias', 'scale']));
});

test.each<[string, readonly NamedTensor[], string]>([
  ['a missing key', whole.slice(1), '1 missing: ln.weight (x.pt)'],
  ['an unexpected key', [...whole, tensor('extra')], '1 unexpected: extra'],
  ['a misspelt key', [...whole.slice(1), tensor('ln.wieght')], '1 unexpected: ln.wieght (nearest expected: ln.weight)'],
  ['a misshaped key', [tensor('ln.weight', [3]), ...whole.slice(1)], '1 misshaped: ln.weight [3] for [2]'],
  ['a scalar with a dimension', [...whole.slice(0, 2), tensor('scale', [1])], 'scale [1] for []'],
  ['many', [...'abcdef'].map((name) => tensor(name)), '6 unexpected: a, b, c, …'],
  ['a control character', [...whole, tensor('a\nb')], 'unexpected: a?b'],
])('%s', (_, tensors, message) => {
  expect(() => accountKeys(tensors, slots, { where: 'x.pt' })).toThrow(message);
});

test('a needed key that holds another kind of object says so', () => {
  const others = new Map([['scale', 'evil.Thing']]);
  expect(() => accountKeys(whole.slice(0, 2), slots, { others, where: 'x.pt' })).toThrow(
    '1 missing: scale (it is evil.Thing)',
  );
});

test('a name of a megabyte takes no time', () => {
  const start = process.cpuUsage();
  expect(() => accountKeys([tensor('x'.repeat(1 << 20))], slots, { where: 'x.pt' })).toThrow('unexpected: xxxx');
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(500);
});
