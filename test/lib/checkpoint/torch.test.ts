// Checkpoints that PyTorch wrote, read as PyTorch reads them; files that are no state dict, named for what they are.
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../src/core/errors.ts';
import { type Checkpoint, openCheckpoint } from '../../../src/lib/checkpoint/checkpoint.ts';
import { readFinite } from '../../../src/lib/checkpoint/tensor.ts';
import { type DescribedState, expectState, goldenJson } from './described.ts';
import { checkpointOf, fileOf, goldenBytes, pickleOf } from './fixtures.ts';

const { files } = goldenJson<{ files: Record<string, DescribedState> }>('expected.json');

function open(name: string): Checkpoint {
  return openCheckpoint(fileOf(goldenBytes(name)), name);
}

describe('reads what PyTorch wrote', () => {
  test.each(Object.keys(files))('%s', (name) => {
    expectState(open(`${name}.pt`).tensors, files[name]!);
  });

  test('tied weights share a storage, others do not', () => {
    const tied = open('tied-parameters.pt').tensors;
    expect(tied[0]!.storage).toBe(tied[1]!.storage);
    const apart = open('protocol-4.pt').tensors;
    expect(apart[0]!.storage).not.toBe(apart[1]!.storage);
  });

  test('finds a state dict inside others, past objects of unknown classes', () => {
    expect(open('wrapped.pt').wrapper).toBe('model.state_dict');
    expect(open('protocol-4.pt').wrapper).toBe('');
  });

  test('lists members that are no tensors, without rebuilding them', () => {
    expect([...open('extra-values.pt').others]).toEqual([
      ['steps', 'a value that is no tensor'],
      ['options', 'argparse.Namespace'],
    ]);
  });

  test('weights that are not finite are named and counted', () => {
    expect(() => readFinite(open('nan.pt').tensors[0]!)).toThrow('weight weight, expected finite values, got 2 of 4');
  });
});

describe('refuses', () => {
  test.each([
    ['tar.pt', 'a tar archive'],
    ['torchscript.pt', 'a TorchScript program'],
    ['whole-module.pt', 'an object of torch.nn.modules.linear.Linear'],
    ['forbidden-system.pt', 'forbidden global posix.system'],
    ['forbidden-eval.pt', 'forbidden global builtins.eval'],
  ])('%s: %s', (name, message) => {
    expect(() => open(name)).toThrow(ModelError);
    expect(() => open(name)).toThrow(message);
    expect(existsSync('executed')).toBe(false);
  });

  test.each<[string, string | Uint8Array, string]>([
    ['an empty file', '', 'an empty file'],
    ['a web page', '\n <!DOCTYPE html><html><title>Sign in</title>', 'a web page'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0', 'Git LFS'],
    ['gzip data', Uint8Array.of(0x1f, 0x8b, 8, 0), 'gzip'],
    ['a bare pickle', pickleOf('}'), 'a bare pickle'],
    ['text', 'hello', 'something else'],
  ])('%s', (_, content, message) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    expect(() => openCheckpoint(fileOf(bytes), 'x.pt')).toThrow(message);
  });

  test('a file cut at any place: never a value, never another error', () => {
    const whole = goldenBytes('protocol-4.pt');
    for (let length = 0; length < whole.length; length++) {
      expect(() => openCheckpoint(fileOf(whole.slice(0, length)), 'x.pt'), `${length}`).toThrow(ModelError);
    }
  });

  test('a dictionary without tensors', () => {
    expect(() => openCheckpoint(fileOf(checkpointOf(pickleOf('}'))), 'x.pt')).toThrow('a dictionary without tensors');
  });

  test('a storage that is absent or too short', () => {
    const bytes = goldenBytes('protocol-4.pt');
    const text = Buffer.from(bytes).toString('latin1');
    const renamed = Buffer.from(text.replaceAll('protocol-4/data/1', 'protocol-4/data/7'), 'latin1');
    expect(() => openCheckpoint(fileOf(new Uint8Array(renamed)), 'x.pt')).toThrow('no such entry');
  });

  test('a damaged weight', () => {
    const bytes = goldenBytes('protocol-4.pt');
    const { tensors } = openCheckpoint(fileOf(bytes), 'x.pt');
    const first = Buffer.from(tensors[0]!.read().buffer);
    const damaged = bytes.slice();
    damaged[Buffer.from(bytes).indexOf(first)]! ^= 1;
    const reopened = openCheckpoint(fileOf(damaged), 'x.pt');
    expect(() => reopened.tensors[0]!.read()).toThrow('checksum of entry protocol-4/data/0');
    expect(reopened.tensors[1]!.read()).toHaveLength(2);
  });
});
