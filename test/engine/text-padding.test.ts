/** Texts of one class are padded to the longest of them, where the model's embedding depends on it: items, lengths, batches, kill and resume. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { medclipVit } from '../../src/catalog/models/medclip.ts';
import medclipChexpert from '../../src/catalog/prompts/medclip-chexpert.ts';
import { InterruptedError } from '../../src/core/errors.ts';
import type { Needs } from '../../src/core/task.ts';
import { type Bundle, openBundle } from '../../src/engine/bundles.ts';
import { collect, embedTexts } from '../../src/engine/embed.ts';
import { inferMissing } from '../../src/engine/infer.ts';
import { embeddingLookup } from '../../src/engine/lookup.ts';
import { packageRoot } from '../../src/engine/package-root.ts';
import { planTower, SHARD_SIZE } from '../../src/engine/plan.ts';
import type { Member, Prepared, PreparedDataset } from '../../src/engine/prepare.ts';
import type { Session, SessionInput } from '../../src/engine/session.ts';
import { EmbeddingSpace } from '../../src/engine/store.ts';
import { textItem, textItems } from '../../src/engine/text-items.ts';
import { tokenize } from '../../src/engine/tokenize.ts';
import { nodeContext } from '../context.ts';

const root = mkdtempSync(join(tmpdir(), 'text-padding-'));
const context = nodeContext(join(root, 'cache'));
const { prompts } = medclipChexpert;
const group = prompts.Consolidation!.positive;
const small = prompts.Edema!.positive;
const reports = ['The heart is enlarged.', 'No focal airspace disease. The lungs are clear.', small[1]!];
const needs: Needs = { images: [], texts: reports, prompts: [group, small] };

let bundle: Bundle;
beforeAll(async () => {
  const source = join(packageRoot, 'assets/miniatures/medclip-vit');
  const options = { preprocessing: 'evaluation', pooling: 'published' };
  bundle = await openBundle({ definition: medclipVit, source, options }, join(root, 'models'), context);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('items', () => {
  const digest = (text: string, ...rest: [] | [readonly string[]]) => textItem(text, 'group', ...rest).digest;

  test('a text is another item in another group, and alone', () => {
    const [text] = small as [string];
    expect(digest(text, small)).not.toBe(digest(text));
    expect(digest(text, small)).not.toBe(digest(text, small.slice(0, 2)));
    expect(digest(text, small)).toBe(digest(text, [...small]));
    expect(digest(text, [text])).toBe(digest(text));
  });

  test('a text named twice in a group is one item', () => {
    const texts = prompts['Pleural Effusion']!.positive;
    expect(textItems([{ ...needs, texts: [], prompts: [texts] }], 'group').size).toBe(new Set(texts).size);
  });

  test.each(['context', 'batch'] as const)('where padding makes no difference (%s) a text is one item', (padding) => {
    const distinct = new Set([...reports, ...group, ...small]);
    expect(textItems([needs], padding).size).toBe(distinct.size);
    expect(textItems([needs], 'group').size).toBe(distinct.size + 1); // one prompt is a report, too
  });
});

const tokensOf = (padding: 'group' | 'batch' | 'context' = 'group') =>
  tokenize([...textItems([needs], padding).values()], { ...bundle.manifest.text!, padding }, bundle.directory, context);

describe('lengths', () => {
  test('rows of a group have the length of its longest text, others their own', async () => {
    const { lengths, mask, contextLength, sameLength } = await tokensOf();
    const own = [...lengths].map((_, row) =>
      mask!.subarray(row * contextLength, (row + 1) * contextLength).reduce((sum, one) => sum + Number(one), 0),
    );
    const first = reports.length + group.length;
    expect(sameLength).toBe(true);
    expect([...lengths.subarray(0, reports.length)]).toEqual(own.slice(0, reports.length));
    expect(new Set(lengths.subarray(reports.length, first))).toEqual(
      new Set([Math.max(...own.slice(reports.length, first))]),
    );
    expect(new Set(lengths.subarray(first))).toEqual(new Set([Math.max(...own.slice(first))]));
    expect(new Set(own).size).toBeGreaterThan(3); // the texts do differ
  });

  test('a group with a text that is cut is as long as the context', async () => {
    const long = [small[0]!, 'opacity '.repeat(200)];
    const items = long.map((text) => textItem(text, 'group', long));
    const { lengths, truncated } = await tokenize(items, bundle.manifest.text!, bundle.directory, context);
    expect([[...lengths], truncated]).toEqual([[77, 77], 1]);
  });

  test('other models are padded as ever', async () => {
    expect(new Set((await tokensOf('context')).lengths)).toEqual(new Set([77]));
    expect((await tokensOf('batch')).sameLength).toBe(false);
  });
});

/** A session that keeps what it is asked and gives each row's own number of columns. */
function recorder(): Session & { readonly asked: SessionInput[] } {
  const asked: SessionInput[] = [];
  const run = async (input: SessionInput) => {
    asked.push(input);
    const [rows, columns] = input.shape as [number, number];
    return { data: new Float32Array(rows).fill(columns), rows, dimension: 1 };
  };
  return { asked, device: 'cpu', threads: 1, run, release: async () => undefined };
}

describe('batches', () => {
  test.each([1, 8, 64])('of %i never mix lengths, nor cross a break', async (batchSize) => {
    const tokens = await tokensOf();
    const session = recorder();
    const breaks = [SHARD_SIZE, 2 * SHARD_SIZE];
    const { embeddings } = await collect(embedTexts({ session, ...tokens, batchSize, breaks }), tokens.lengths.length);
    expect([...embeddings.data]).toEqual([...tokens.lengths]);
    let start = 0;
    for (const { shape, data, mask } of session.asked) {
      const [rows, columns] = shape as [number, number];
      expect(rows).toBeLessThanOrEqual(batchSize);
      expect(new Set(tokens.lengths.subarray(start, start + rows))).toEqual(new Set([columns]));
      expect([data.length, mask!.length]).toEqual([rows * columns, rows * columns]);
      expect(breaks.every((at) => start + rows <= at || start >= at)).toBe(true);
      start += rows;
    }
    expect(start).toBe(tokens.lengths.length);
  });
});

async function memberIn(artifacts: string): Promise<Member> {
  const space = await EmbeddingSpace.open(artifacts, 'space', context.files, context.log);
  const texts = textItems([needs], 'group');
  return {
    bundle,
    text: { kind: 'text', space, texts, work: planTower([...texts.keys()], (item) => space.has(item)) },
  };
}

/** Embeds what is missing; `kill` ends the run as soon as that many texts are done. */
async function inferInto(artifacts: string, kill = Number.POSITIVE_INFINITY) {
  const models = [{ id: 'm', use: 'medclip-vit', variant: 'fp32', members: [await memberIn(artifacts)] }];
  const prepared = { models, imagePaths: new Map<string, string>() } as unknown as Prepared;
  const abort = new AbortController();
  const progress = (_: string, done: number) => void (done >= kill && abort.abort());
  const effects = { ...context, progress };
  return inferMissing(prepared, { device: 'cpu', batchSize: 8, context: effects, signal: abort.signal });
}

function bytesIn(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(join(folder, 'space')).sort();
  return new Map(names.map((name) => [name, readFileSync(join(folder, 'space', name), 'base64')]));
}

describe('kill and resume', () => {
  test('a killed run, run again, leaves the bytes of an undisturbed one', async () => {
    const [whole, killed] = [join(root, 'whole'), join(root, 'killed')];
    const { items, shards } = await inferInto(whole);
    expect(items).toBe(reports.length + group.length + small.length);
    expect(shards).toBe(Math.ceil(items / SHARD_SIZE));
    for (const kill of [SHARD_SIZE + 1, SHARD_SIZE + 30])
      await expect(inferInto(killed, kill)).rejects.toThrow(InterruptedError);
    const stored = bytesIn(killed).size / 2;
    expect(stored).toBeGreaterThan(0);
    expect(stored).toBeLessThan(shards);
    expect((await inferInto(killed)).shards).toBe(shards - stored);
    expect(bytesIn(killed)).toEqual(bytesIn(whole));
    expect((await inferInto(killed)).items).toBe(0);
  });

  test('the task finds the vector of the group it named, and another one for the text alone', async () => {
    const member = await memberIn(join(root, 'whole'));
    const dataset = { digests: { digests: new Map(), failures: new Map() }, paths: new Map() };
    const lookup = embeddingLookup(dataset as unknown as PreparedDataset, member);
    const grouped = lookup.prompts(small);
    expect(grouped.every((vector) => vector !== null)).toBe(true);
    const alone = lookup.text(small[1]!)!;
    expect(cosine(grouped[1]!, alone)).toBeLessThan(0.99999); // it is shorter than the longest of its class
    expect(lookup.prompts(small.slice(1))).toEqual(small.slice(1).map(() => null)); // nobody asked for that group
    expect(lookup.logitScale).toBeCloseTo(bundle.manifest.logitScale!, 6);
  });
});

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
