// BERT and DistilBERT in ONNX Runtime against transformers: every hidden state, any length, any prefix.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { mapKeys, shapesOf } from '../../../src/lib/checkpoint/key-map.ts';
import { openSafetensors } from '../../../src/lib/checkpoint/safetensors.ts';
import type { Checkpoint } from '../../../src/lib/checkpoint/tensor.ts';
import { bertHiddenStates, clsToken, maskedMean, meanOverPositions } from '../../../src/lib/onnx/bert.ts';
import { bertKeys, bertPrefix } from '../../../src/lib/onnx/bert-keys.ts';
import { encodeModel } from '../../../src/lib/onnx/encode.ts';
import { addInput, addOutput, createGraph } from '../../../src/lib/onnx/graph.ts';
import { verify } from '../../../src/lib/onnx/verify.ts';
import { fileOf } from '../checkpoint/fixtures.ts';
import { agreement, type Packed, valuesOf } from './packed.ts';

interface Golden {
  readonly ids: readonly number[][];
  readonly mask: readonly number[][];
  readonly states: readonly Packed[];
}

const folder = fileURLToPath(new URL('../../golden/onnx/', import.meta.url));
const goldenOf = (name: string) => JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8')) as Golden;
const checkpointOf = (name: string) => openSafetensors(fileOf(readFileSync(`${folder}${name}.safetensors`)), name);

const HEADS: readonly string[] = ['cls.*', 'vocab_*'];

/** A session that gives all hidden states and the three ways to pool the last. */
async function sessionOf({ tensors, others }: Checkpoint, heads: number, opset = 17): Promise<InferenceSession> {
  const shapes = shapesOf({ tensors });
  const keys = bertKeys(shapes, { prefix: bertPrefix(shapes), slots: 'text.', heads });
  const map = { rules: keys.rules, sizes: keys.sizes, ignore: [...keys.ignore, ...HEADS] };
  const graph = createGraph('bert', opset);
  const [ids, mask] = ['ids', 'mask'].map((name) => {
    return addInput(graph, { name, type: 'int64', shape: ['batch', 'length'] });
  }) as [never, never];
  const weights = mapKeys({ tensors, others }, map, 'file');
  const states = bertHiddenStates({ graph, weights, prefix: 'text.' }, { ids, mask }, keys.dimensions);
  for (const [layer, state] of states.entries()) addOutput(graph, `state_${layer}`, state);
  addOutput(graph, 'masked', maskedMean(graph, states.at(-1)!, mask));
  addOutput(graph, 'mean', meanOverPositions(graph, states.at(-1)!));
  addOutput(graph, 'cls', clsToken(graph, states.at(-1)!));
  verify(graph);
  return InferenceSession.create(encodeModel(graph), { logSeverityLevel: 3, intraOpNumThreads: 1 });
}

const int64 = (rows: readonly (readonly number[])[]) =>
  new Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]!.length]);

async function runOn(session: InferenceSession, { ids, mask }: Pick<Golden, 'ids' | 'mask'>) {
  const results = await session.run({ ids: int64(ids), mask: int64(mask) });
  return (name: string) => results[name]!.data as Float32Array;
}

describe.each([
  ['bert', 2, 52],
  ['distilbert', 3, 48],
])('%s with %i heads', (name, heads, width) => {
  const golden = goldenOf(name);
  const length = golden.ids[0]!.length;
  const last = valuesOf(golden.states.at(-1)!);
  const place = (row: number, token: number) => (row * length + token) * width;

  test.each([17, 18])('every hidden state, operator set %i', async (opset) => {
    const got = await runOn(await sessionOf(checkpointOf(name), heads, opset), golden);
    expect(golden.states).toHaveLength(3);
    for (const [layer, state] of golden.states.entries()) {
      const { cosine, difference } = agreement(got(`state_${layer}`), valuesOf(state), width);
      expect(cosine).toBeGreaterThanOrEqual(0.99999);
      expect(difference).toBeLessThanOrEqual(1e-5);
    }
  });

  test('pooling: the mean with and without padding, and the first token', async () => {
    const got = await runOn(await sessionOf(checkpointOf(name), heads), golden);
    for (const [row, mask] of golden.mask.entries()) {
      const tokens = mask.reduce((sum, one) => sum + one, 0);
      for (let i = 0; i < width; i += 7) {
        const column = Array.from({ length }, (_, token) => last[place(row, token) + i]!);
        const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(got('masked')[row * width + i]).toBeCloseTo(mean(column.slice(0, tokens)), 5);
        expect(got('mean')[row * width + i]).toBeCloseTo(mean(column), 5);
        expect(got('cls')[row * width + i]).toBeCloseTo(column[0]!, 5);
      }
    }
  });

  test('a text alone and unpadded has the states that it has beside longer ones', async () => {
    const alone = { ids: [golden.ids[1]!.slice(0, 3)], mask: [golden.mask[1]!.slice(0, 3)] };
    const got = await runOn(await sessionOf(checkpointOf(name), heads), alone);
    const want = last.subarray(place(1, 0), place(1, 3));
    expect(agreement(got('state_2'), want, width).difference).toBeLessThanOrEqual(1e-5);
  });
});

describe('key map', () => {
  const renamed = (from: string, rename: (key: string) => string): Checkpoint => {
    const { tensors, ...rest } = checkpointOf(from);
    return { ...rest, tensors: tensors.map((tensor) => ({ ...tensor, name: rename(tensor.name) })) };
  };

  test('gamma and beta, and no prefix', async () => {
    const old = renamed('bert', (key) =>
      key.replace(/^bert\./, '').replace(/(LayerNorm)\.(weight|bias)$/, (_, norm, part) => {
        return `${norm}.${part === 'weight' ? 'gamma' : 'beta'}`;
      }),
    );
    const got = await runOn(await sessionOf(old, 2), goldenOf('bert'));
    expect(agreement(got('state_2'), valuesOf(goldenOf('bert').states[2]!), 52).difference).toBeLessThanOrEqual(1e-5);
  });

  test('a head width that is not 64 must be told', () => {
    const shapes = shapesOf(checkpointOf('bert'));
    expect(() => bertKeys(shapes, { prefix: 'bert.' })).toThrow('expected heads 64 wide');
    expect(() => bertKeys(shapes, { prefix: 'bert.', heads: 5 })).toThrow('expected 5 heads in a width of 52');
  });

  test('another model is refused by name', () => {
    expect(() => bertPrefix(new Map([['visual.proj', [2, 2]]]))).toThrow('not a checkpoint of BERT');
  });
});
