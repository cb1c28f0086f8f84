// Checkpoints in every container, read as the reference libraries read them; what is no checkpoint, explained.
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ModelError } from '../../../src/core/errors.ts';
import { type Checkpoint, openCheckpoint } from '../../../src/lib/checkpoint/checkpoint.ts';
import { type DescribedState, expectState, goldenJson } from './described.ts';
import { fileOf, goldenBytes, joined, pickleOf } from './fixtures.ts';

const { files } = goldenJson<{ files: Record<string, DescribedState> }>('containers.json');

function open(name: string): Checkpoint {
  return openCheckpoint(fileOf(goldenBytes(name)), name);
}

describe('reads what the reference libraries wrote', () => {
  const single = Object.keys(files).filter((name) => /\.(pt|safetensors)$/.test(name));
  test.each(single)('%s', (name) => {
    const { tensors, format } = open(name);
    const inFileOrder = !name.endsWith('.safetensors'); // sorted by type there, by us in the file's order
    expectState(tensors, files[name]!, { inOrder: inFileOrder });
    const legacy = name.startsWith('legacy') ? 'torch-legacy' : 'torch';
    expect(format).toBe(inFileOrder ? legacy : 'safetensors');
  });

  test('the legacy file and the safetensors file of the first golden', () => {
    const plain = goldenJson<{ files: Record<string, DescribedState> }>('expected.json').files['protocol-4']!;
    expect(open('legacy.pt').tensors.map(({ name }) => name)).toEqual(Object.keys(plain));
    expectState(open('legacy.pt').tensors, plain);
    expectState(open('safetensors.pt').tensors, plain, { inOrder: false });
  });

  test('tied weights and views share a storage', () => {
    const storages = (name: string) => open(name).tensors.map(({ storage }) => storage);
    expect(new Set(storages('legacy-tied.pt')).size).toBe(1);
    expect(new Set(storages('legacy-views.pt')).size).toBe(1);
    expect(new Set(storages('legacy-mixed.pt')).size).toBeGreaterThan(10);
    expect(new Set(storages('mixed.safetensors')).size).toBe(storages('mixed.safetensors').length);
  });

  test('a training checkpoint: the state dict under its name, though a tensor lies beside it', () => {
    expect(open('training.pt').wrapper).toBe('network');
    expect(open('legacy-training.pt').wrapper).toBe('network');
    expect(open('wrapped-model.pt').wrapper).toBe('model');
  });

  test('what is not computed with is listed, not refused', () => {
    expect([...open('legacy-complex.pt').others]).toEqual([['z', 'a storage of type torch.ComplexFloatStorage']]);
    expect(new Map(open('other-types.safetensors').others)).toEqual(
      new Map([
        ['eight', 'a tensor of type F8_E4M3'],
        ['unsigned', 'a tensor of type U16'],
      ]),
    );
  });

  test('metadata, with names that objects have by birth', () => {
    const { metadata, tensors } = open('mixed.safetensors');
    expect([metadata!.get('__proto__'), metadata!.get('note'), metadata!.get('format')]).toEqual(['x', 'é"', 'pt']);
    expect(tensors.map(({ name }) => name)).toEqual(expect.arrayContaining(['__proto__', 'constructor']));
  });
});

describe('legacy files that are damaged', () => {
  const sound = goldenBytes('legacy-views.pt');
  const text = Buffer.from(sound).toString('latin1');
  const changed = (from: string, to: string) => new Uint8Array(Buffer.from(text.replace(from, to), 'latin1'));
  const opened = (bytes: Uint8Array) => openCheckpoint(fileOf(bytes), 'x.pt');

  test('cut at any place: a typed error', () => {
    for (let length = 0; length < sound.length; length++)
      expect(() => opened(sound.slice(0, length)), `${length}`).toThrow(ModelError);
  });

  test('longer than its storages: read as PyTorch does', () => {
    expect(opened(joined(sound, Uint8Array.of(1, 2, 3))).tensors).toHaveLength(3);
  });

  test.each<[string, string, string, string]>([
    ['another protocol', 'M\xe9\x03', 'M\xea\x03', 'protocol 1002'],
    ['another count', '\x08\0\0\0\0\0\0\0\0\0\x20A', '\x09\0\0\0\0\0\0\0\0\0\x20A', 'got another number'],
    ['a view beyond its storage', 'K\x05K\x03', 'K\x05K\x04', 'expected a part of its 8 elements'],
    ['a storage that is not listed', '](X\x01\0\0\x007', '](X\x01\0\0\x006', 'list of storages'],
  ])('%s', (_, from, to, message) => {
    const alternative = from.startsWith('](') ? [from.replace('](', ']q\0'), to.replace('](', ']q\0')] : [from, to];
    expect(text).toContain(alternative[0]);
    expect(() => opened(changed(alternative[0]!, alternative[1]!))).toThrow(message);
  });

  test('a pickle that asks for code, behind a sound header', () => {
    const header = sound.subarray(0, text.indexOf('ccollections') - 2);
    const bytes = joined(header, pickleOf('cposix\nsystem\n', 'X', [14, 0, 0, 0], 'touch executed', [0x85], 'R'));
    expect(() => opened(bytes)).toThrow('forbidden global posix.system');
    expect(existsSync('executed')).toBe(false);
  });

  test('a header alone, and text of four gigabytes', () => {
    const header = sound.subarray(0, text.indexOf('ccollections') - 2);
    expect(() => opened(header)).toThrow('the end of the pickle');
    expect(() => opened(joined(header, pickleOf('X', [255, 255, 255, 255])))).toThrow('more bytes');
  });
});

describe('explains', () => {
  test.each([
    ['old-tar.pt', "PyTorch's tar format (before version 0.1.10)", 'if you trust the file'],
    ['tar.pt', 'a tar archive', 'unpack it'],
    ['torchscript.pt', 'a TorchScript program', 'torch.jit.load(FILE'],
    ['legacy-whole-module.pt', 'an object of __main__.Network', 'state_dict()'],
    ['nested-stored.zip', 'one entry NAME/data.pkl', 'unpack it'],
  ])('%s: %s', (name, message, hint) => {
    expect(() => open(name)).toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) }));
    expect(() => open(name)).toThrow(message);
  });
});
