// Weights wherever they lie: files, zips around files, Hugging Face folders, shards; and what is refused.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { openWeights } from '../../../src/catalog/models/import/weights.ts';
import { ModelError } from '../../../src/core/errors.ts';
import { crc32 } from '../../../src/lib/checkpoint/crc32.ts';
import { nodeContext } from '../../context.ts';
import { type DescribedState, expectState, goldenJson } from '../../lib/checkpoint/described.ts';
import { goldenBytes, type ZipMember, zipOf } from '../../lib/checkpoint/fixtures.ts';

const golden = fileURLToPath(new URL('../../golden/checkpoint/', import.meta.url));
const { files } = goldenJson<{ files: Record<string, DescribedState> }>('containers.json');
const scratch = mkdtempSync(join(tmpdir(), 'medvlm-weights-'));
const staging = join(scratch, 'staging');
const context = nodeContext();
let folder = '';
let count = 0;

beforeEach(() => {
  folder = join(scratch, `${count++}`);
  mkdirSync(folder);
});
afterAll(() => rmSync(scratch, { recursive: true }));

const open = (source: string, names?: readonly string[]) =>
  openWeights(source, staging, context, names ? { names } : {});
const put = (name: string, content: Uint8Array | string) => writeFileSync(join(folder, name), content);
const staged = () => readdirSync(staging).length;

function deflated(name: string, content: Uint8Array, more: Partial<ZipMember> = {}): ZipMember {
  return { name, data: deflateRawSync(content), method: 8, size: content.length, crc: crc32(content), ...more };
}

describe('files', () => {
  test.each([
    'nested-deflated.zip',
    'nested-stored.zip',
    'nested-legacy.zip',
    'nested-safetensors.zip',
    'legacy-tied.pt',
    'training.pt',
    'other-types.safetensors',
  ])('%s', async (name) => {
    const weights = await open(join(golden, name));
    expectState(weights.tensors, files[name]!, { inOrder: false });
    expect(weights.folder).toBe(golden.slice(0, -1));
    expect(weights.where).toContain(name);
    await weights.close();
    if (name === 'nested-deflated.zip') expect(staged()).toBe(0);
  });

  test("keys under the prefix of torch's DataParallel are refused, with the way out", async () => {
    const scalar = (from: number) => ({ dtype: 'F32', shape: [1], data_offsets: [from, from + 4] });
    const put = (names: readonly string[]) => {
      const header = JSON.stringify(Object.fromEntries(names.map((name, i) => [name, scalar(4 * i)])));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(header.length));
      writeFileSync(
        join(folder, 'model.safetensors'),
        Buffer.concat([length, Buffer.from(header), Buffer.alloc(4 * names.length)]),
      );
    };
    put(['module.a.weight', 'module.b.weight']);
    await expect(open(folder)).rejects.toThrow('got all 2 under "module."');
    await expect(open(folder)).rejects.toBeInstanceOf(ModelError);
    put(['module.a.weight', 'b.weight']);
    await (await open(folder)).close();
  });

  test('what lies beside the weights: in the zip first, then in the folder', async () => {
    put('model.zip', goldenBytes('nested-deflated.zip'));
    put('config.json', 'outside');
    put('tokenizer.json', 'beside');
    const weights = await open(join(folder, 'model.zip'));
    expect(weights.where).toBe('model.zip/medclip/pytorch_model.bin');
    expect(await weights.sibling('config.json')).toBe('{"hidden_size": 2}');
    expect(await weights.sibling('vocab.txt')).toBe('[PAD]\ncafé\n');
    expect(await weights.sibling('tokenizer.json')).toBe('beside');
    expect(await weights.sibling('merges.txt')).toBeUndefined();
    expect(await weights.sibling('../0/config.json')).toBeUndefined();
    await weights.close();
    await weights.close();
  });

  test('tensors of a closed file cannot be read', async () => {
    const weights = await open(join(golden, 'nested-deflated.zip'));
    await weights.close();
    expect(() => weights.tensors[0]!.read()).toThrow();
  });
});

describe('folders', () => {
  test('the standard name, the safe format first', async () => {
    put('pytorch_model.bin', goldenBytes('training.pt'));
    put('other.pt', goldenBytes('nan.pt'));
    expect((await open(folder)).where).toBe('pytorch_model.bin');
    put('model.safetensors', goldenBytes('mixed.safetensors'));
    const weights = await open(folder);
    expect([weights.where, weights.folder]).toEqual(['model.safetensors', folder]);
    expect((await open(folder, ['absent.pt', 'other.pt'])).where).toBe('other.pt');
  });

  test('the only checkpoint, whatever its name; what training left beside it does not count', async () => {
    put('notes.txt', 'x');
    put('optimizer.pt', 'x');
    put('training_args.bin', 'x');
    put('best_64.pth', goldenBytes('training.pt'));
    expect((await open(folder)).where).toBe('best_64.pth');
  });

  test('none, several', async () => {
    await expect(open(folder)).rejects.toThrow('got no files');
    put('readme.md', 'x');
    await expect(open(folder)).rejects.toThrow('got readme.md');
    put('a.pt', 'x');
    put('b.zip', 'x');
    await expect(open(folder)).rejects.toThrow('got a.pt, b.zip');
    await expect(open(folder)).rejects.toThrow(expect.objectContaining({ hint: 'name the file itself' }));
  });
});

test('shards without their index', async () => {
  put('model-00001-of-00002.safetensors', 'x');
  put('model-00002-of-00002.safetensors', 'x');
  await expect(open(folder)).rejects.toThrow(expect.objectContaining({ hint: expect.stringContaining('the index') }));
});

test('a file elsewhere in the zip', async () => {
  const text = (value: string) => new TextEncoder().encode(value);
  const members = [
    { name: 'weights/a.pt', data: goldenBytes('protocol-4.pt') },
    { name: 'tokenizer/vocab.txt', data: text('elsewhere') },
    { name: 'config.json', data: text('above') },
    { name: 'x/notes.txt', data: text('1') },
    { name: 'y/notes.txt', data: text('2') },
    { name: '__MACOSX/merges.txt', data: text('3') },
  ];
  put('x.zip', zipOf(members));
  const weights = await open(join(folder, 'x.zip'));
  expect(await weights.sibling('vocab.txt')).toBe('elsewhere');
  expect(await weights.sibling('config.json')).toBe('above');
  expect(await weights.sibling('notes.txt')).toBeUndefined();
  expect(await weights.sibling('merges.txt')).toBeUndefined();
  await weights.close();
});

describe('shards', () => {
  const shard = (i: number) => `model-0000${i}-of-00003.safetensors`;
  const copyShards = (...numbers: number[]) => {
    for (const i of numbers) put(shard(i), goldenBytes(`sharded-safetensors/${shard(i)}`));
  };
  const index = () => {
    const text = new TextDecoder().decode(goldenBytes('sharded-safetensors/model.safetensors.index.json'));
    return JSON.parse(text) as { weight_map: Record<string, unknown> };
  };
  const putIndex = (change: (map: Record<string, unknown>) => void) => {
    const changed = index();
    change(changed.weight_map);
    put('model.safetensors.index.json', JSON.stringify(changed));
  };

  test.each(['safetensors', 'bin'])('%s', async (kind) => {
    const weights = await open(join(golden, `sharded-${kind}`));
    expectState(weights.tensors, files.sharded!, { inOrder: false });
    expect(new Set(weights.tensors.map(({ storage }) => storage)).size).toBe(5);
    expect(weights.format).toBe(kind === 'bin' ? 'torch' : 'safetensors');
    await weights.close();
  });

  test('files are closed, at the end and after an error', async () => {
    copyShards(1, 2, 3);
    putIndex(() => {});
    let opened = 0;
    const openFile = (path: string) => {
      const file = context.files.open(path);
      opened++;
      const close = () => {
        opened--;
        file.close();
      };
      return { size: file.size, read: file.read, close };
    };
    const counting = { ...context, files: { ...context.files, open: openFile } };
    const weights = await openWeights(folder, staging, counting);
    expect(opened).toBe(3);
    await weights.close();
    expect(opened).toBe(0);
    putIndex((map) => Object.assign(map, { extra: shard(1) }));
    await expect(openWeights(folder, staging, counting)).rejects.toThrow(ModelError);
    expect(opened).toBe(0);
  });

  test('a missing file', async () => {
    copyShards(1);
    putIndex(() => {});
    await expect(open(folder)).rejects.toThrow(`got all but 2: ${shard(2)}, ${shard(3)}`);
  });

  const cases: readonly [string, (map: Record<string, unknown>) => void, string][] = [
    [
      'a tensor that its shard does not hold',
      (map) => Object.assign(map, { extra: shard(1) }),
      `1 missing: extra of ${shard(1)}`,
    ],
    ['a tensor in no index', (map) => delete map['layers.0.weight'], '1 more: layers.0.weight in model-'],
    ['a tensor in another shard', (map) => Object.assign(map, { half: shard(2) }), `1 missing: half of ${shard(2)}`],
    ['a folder above', (map) => Object.assign(map, { half: '../model.safetensors' }), 'shard ../model.safetensors'],
    ['an absolute name', (map) => Object.assign(map, { half: '/etc/passwd' }), 'shard /etc/passwd'],
    ['a drive', (map) => Object.assign(map, { half: 'c:model' }), 'shard c:model'],
    ['a backslash', (map) => Object.assign(map, { half: '..\\model' }), 'shard ..\\model'],
    ['a number for a name', (map) => Object.assign(map, { half: 3 }), 'expected JSON with a weight_map'],
  ];
  test.each(cases)('%s', async (_, change, message) => {
    copyShards(1, 2, 3);
    putIndex(change);
    await expect(open(folder)).rejects.toThrow(ModelError);
    await expect(open(folder)).rejects.toThrow(message);
  });

  test.each(['', '[]', 'null', '{}', '{"weight_map": []}', '{"weight_map": {}}', '{"weight_map": "x"}'])(
    'an index that is %s',
    async (text) => {
      put('model.safetensors.index.json', text);
      await expect(open(folder)).rejects.toThrow('expected JSON with a weight_map');
    },
  );
});

describe('zips that are refused', () => {
  const sound = goldenBytes('protocol-4.pt');
  const bytes = (text: string) => new TextEncoder().encode(text);
  const cases: readonly [string, () => Uint8Array, string][] = [
    ['none', () => zipOf([{ name: 'a/readme.md', data: bytes('x') }]), 'got none among: a/readme.md'],
    [
      'what macOS added',
      () => zipOf(['readme.md', '__MACOSX/a.pt'].map((name) => ({ name, data: bytes('x') }))),
      'got none among: readme.md (x.zip)',
    ],
    ['no files', () => zipOf([]), 'checkpoint, expected a PyTorch or safetensors file'],
    ['several', () => zipOf([{ name: 'a.pt', data: sound }, deflated('b/c.bin', sound)]), 'got 2: a.pt, b/c.bin'],
    [
      'a zip in the zip in the zip',
      () => zipOf([{ name: 'a.pt', data: zipOf([{ name: 'b.pt', data: sound }]) }]),
      'NAME/data.pkl',
    ],
    ['a wrong checksum, deflated', () => zipOf([deflated('a.pt', sound, { crc: 1 })]), 'checksum of entry a.pt'],
    ['a wrong checksum, stored', () => zipOf([{ name: 'a.pt', data: sound, crc: 1 }]), 'checksum of entry a.pt'],
    ['more than declared', () => zipOf([deflated('a.pt', sound, { size: 9 })]), 'deflated data of 9 bytes'],
    ['less than declared', () => zipOf([deflated('a.pt', sound, { size: 9999 })]), 'deflated data of 9999 bytes'],
    ['data that is not deflated', () => zipOf([{ name: 'a.pt', data: sound, method: 8 }]), 'deflated data'],
    [
      'deflated data cut short',
      () => zipOf([{ ...deflated('a.pt', sound), data: deflateRawSync(sound).subarray(0, 99) }]),
      'deflated data',
    ],
    ['a bomb', () => zipOf([deflated('a.pt', new Uint8Array(64 << 20))]), 'in proportion'],
    ['a web page in the zip', () => zipOf([deflated('a.pt', bytes('<html>'))]), 'got a web page (x.zip/a.pt)'],
  ];
  test.each(cases)('%s', async (_, archive, message) => {
    put('x.zip', archive());
    await expect(open(join(folder, 'x.zip'))).rejects.toThrow(ModelError);
    await expect(open(join(folder, 'x.zip'))).rejects.toThrow(message);
    expect(staged()).toBe(0);
  });

  test('a large archive is unpacked in parts', async () => {
    const values = new Float32Array(3 << 20).map((_, i) => Math.sin(i) * 1e-3);
    const header = JSON.stringify({ big: { dtype: 'F32', shape: [3 << 20], data_offsets: [0, 12 << 20] } });
    const file = Buffer.concat([Buffer.alloc(8), Buffer.from(header), Buffer.from(values.buffer)]);
    file.writeUInt32LE(header.length, 0);
    put('x.zip', zipOf([deflated('w/model.safetensors', new Uint8Array(file))]));
    const weights = await open(join(folder, 'x.zip'));
    expect(Buffer.from(weights.tensors[0]!.read().buffer).equals(Buffer.from(values.buffer))).toBe(true);
    await weights.close();
    expect(staged()).toBe(0);
  });
});
