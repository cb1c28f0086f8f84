// Files made to exhaust a reader: dictionaries that hold themselves, deep lists, endless names. Each ends soon, in a typed error.
import { expect, test } from 'vitest';
import { ModelError } from '../../../src/core/errors.ts';
import { openCheckpoint } from '../../../src/lib/checkpoint/checkpoint.ts';
import { checkpointOf, fileOf, goldenBytes, joined, pickleOf } from './fixtures.ts';

function secondsOf(action: () => void): number {
  const start = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

const text = (value: string) => new TextEncoder().encode(value);

function safetensorsOf(header: Uint8Array): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, header.length, true);
  return joined(length, header);
}

/** The header of a legacy file, up to its protocol number. */
const magic = goldenBytes('legacy-views.pt').subarray(0, 15);

function filled(pattern: string, length: number): Uint8Array {
  return new Uint8Array(Buffer.alloc(length, pattern, 'latin1'));
}

/** `}` remembered as 1, with 200,000 numbers in it, and itself under every name of a wrapper. */
function dictionaryInItself(): Uint8Array {
  const entries = Array.from({ length: 200_000 }, (_, i) => [
    0x4a,
    i & 255,
    (i >> 8) & 255,
    i >> 16,
    0,
    0x4e,
    0x73,
  ]).flat();
  const wrappers = ['state_dict', 'model_state_dict', 'model', 'network'];
  const loops = wrappers.flatMap((name) => ['X', [name.length, 0, 0, 0], name, 'h', [1]]);
  return checkpointOf(pickleOf('}q', [1], entries, '(', ...loops, 'u'));
}

test.each<[string, () => Uint8Array, string]>([
  ['a dictionary that holds itself', dictionaryInItself, 'a dictionary without tensors'],
  [
    'a list in a list, for a number',
    () => joined(magic, filled(']', 90_000), filled('a', 89_999), text('.')),
    'protocol 1001',
  ],
  ['a header of spaces', () => safetensorsOf(joined(text('{'), filled(' ', 40_000_000))), 'expected "'],
  ['a name of forty megabytes', () => safetensorsOf(joined(text('{"'), filled('x', 40_000_000))), 'a string'],
  ['a name of backslashes', () => safetensorsOf(joined(text('{"'), filled('\\"', 20_000_000))), 'a string'],
  [
    'a number of forty megabytes',
    () => safetensorsOf(joined(text('{"a":{"shape":['), filled('1', 40_000_000))),
    'a natural',
  ],
  ['lists in lists', () => safetensorsOf(joined(text('{"a":'), filled('[', 40_000_000))), 'expected {'],
])('%s', (_, make, message) => {
  const bytes = make();
  let seconds = 0;
  const opening = () => {
    seconds = secondsOf(() => expect(() => openCheckpoint(fileOf(bytes), 'x')).toThrow(message));
  };
  opening();
  expect(() => openCheckpoint(fileOf(bytes), 'x')).toThrow(ModelError);
  expect(seconds).toBeLessThan(1);
});

test('a thousand views of one expanded storage are opened at once, and read one by one', () => {
  const storage = [
    '(X',
    [7, 0, 0, 0],
    'storagectorch\nFloatStorage\nX',
    [1, 0, 0, 0],
    '0X',
    [3, 0, 0, 0],
    'cpuK',
    [1],
    't',
    'Q',
  ];
  const tensor = (i: number) => [
    'J',
    [i & 255, i >> 8, 0, 0],
    'ctorch._utils\n_rebuild_tensor_v2\n(',
    ...storage,
    ['K'.charCodeAt(0), 0],
    'M\0\x10M\0\x10',
    [0x86],
    'K\0K\0',
    [0x86, 0x89],
    'NtR',
  ];
  const parts = Array.from({ length: 1000 }, (_, i) => tensor(i)).flat();
  const bytes = checkpointOf(pickleOf('}(', ...parts, 'u'), { 0: Uint8Array.of(0, 0, 128, 63) });
  const seconds = secondsOf(() => {
    const { tensors } = openCheckpoint(fileOf(bytes), 'x');
    expect([tensors.length, ...tensors[0]!.shape]).toEqual([1000, 4096, 4096]);
    const values = tensors[999]!.read();
    expect([values.length, values[0], values.at(-1)]).toEqual([1 << 24, 1, 1]);
  });
  expect(seconds).toBeLessThan(1);
});
