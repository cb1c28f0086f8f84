/**
 * `npm run bench -- retrieval [--queries N] [--corpus N] [--slice N]`: exact top-10 of N queries in a corpus against plain
 * typed-array JavaScript. The search goes through the queries in parts; after each part the plain loop runs on a slice of
 * them, so that both meet the same machine. Its median is scaled by the number of queries.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { rng } from '../src/core/rng.ts';
import { createSimilaritySearch } from '../src/engine/similarity.ts';

const { values } = parseArgs({
  options: {
    queries: { type: 'string', default: '50000' },
    corpus: { type: 'string', default: '200000' },
    slice: { type: 'string', default: '16' },
  },
});
const [QUERIES, CORPUS, SLICE] = [Number(values.queries), Number(values.corpus), Number(values.slice)];
const DIMENSION = 512;
const K = 10;
const PARTS = 10;

/** Unit rows, filled and normalised in place: a copy would count as memory. */
function unitRows(rows: number, name: string): Float32Array {
  const random = rng(0, 'bench-retrieval', name);
  const data = new Float32Array(rows * DIMENSION);
  for (let start = 0; start < data.length; start += DIMENSION) {
    let sum = 0;
    for (let i = start; i < start + DIMENSION; i++) {
      const value = random.next() + random.next() - 1;
      data[i] = value;
      sum += value * value;
    }
    const scale = 1 / Math.sqrt(sum);
    for (let i = start; i < start + DIMENSION; i++) data[i]! *= scale;
  }
  return data;
}

interface Best {
  readonly similarities: Float64Array;
  readonly indices: Int32Array;
}

function insert({ similarities, indices }: Best, query: number, similarity: number, index: number): void {
  let place = query * K + K - 1;
  if (similarity <= similarities[place]!) return;
  for (; place > query * K && similarities[place - 1]! < similarity; place--) {
    similarities[place] = similarities[place - 1]!;
    indices[place] = indices[place - 1]!;
  }
  similarities[place] = similarity;
  indices[place] = index;
}

/** Four queries at a time share each corpus value that is read: the best plain loop that was found. */
function plainTopK(queries: Float32Array, corpus: Float32Array, count: number): Best {
  const best = { similarities: new Float64Array(count * K).fill(-2), indices: new Int32Array(count * K) };
  for (let n = 0; n < corpus.length / DIMENSION; n++) {
    const row = n * DIMENSION;
    for (let q = 0; q < count; q += 4) {
      const first = q * DIMENSION;
      const [second, third, fourth] = [first + DIMENSION, first + 2 * DIMENSION, first + 3 * DIMENSION];
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let k = 0; k < DIMENSION; k++) {
        const value = corpus[row + k]!;
        a += queries[first + k]! * value;
        b += queries[second + k]! * value;
        c += queries[third + k]! * value;
        d += queries[fourth + k]! * value;
      }
      insert(best, q, a, n);
      insert(best, q + 1, b, n);
      insert(best, q + 2, c, n);
      insert(best, q + 3, d, n);
    }
  }
  return best;
}

/** Highest resident memory of this process so far, MB; undefined where the system does not tell. */
function peakMegabytes(): number | undefined {
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

interface Elapsed {
  readonly wall: number;
  /** Processor time of all threads. */
  readonly processor: number;
}

/** Value and seconds. */
async function timed<Value>(work: () => Value | Promise<Value>): Promise<[Value, Elapsed]> {
  const start = performance.now();
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return [value, { wall: (performance.now() - start) / 1000, processor: (user + system) / 1e6 }];
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const queries = unitRows(QUERIES, 'queries');
const corpus = unitRows(CORPUS, 'corpus');
const megabytes = (queries.byteLength + corpus.byteLength) / 2 ** 20;
print(`${QUERIES} queries x ${CORPUS} corpus rows x ${DIMENSION}, top ${K}`);
print(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}, load average ${loadavg()[0]!.toFixed(1)}`,
);

plainTopK(queries, corpus.subarray(0, DIMENSION * 1000), SLICE);
const search = createSimilaritySearch();
const indices = new Int32Array(QUERIES * K);
const plainTimes: number[] = [];
let plain: Best | undefined;
let [seconds, processor] = [0, 0];
let plainProcessor = 0;
const partRows = Math.ceil(QUERIES / PARTS);
for (let start = 0; start < QUERIES; start += partRows) {
  const part = queries.subarray(start * DIMENSION, Math.min(QUERIES, start + partRows) * DIMENSION);
  const [found, partSeconds] = await timed(() => search.topK(part, corpus, DIMENSION, K));
  indices.set(found.indices, start * K);
  seconds += partSeconds.wall;
  processor += partSeconds.processor;
  const [best, plainPart] = await timed(() => plainTopK(queries, corpus, SLICE));
  plainTimes.push(plainPart.wall);
  plainProcessor += plainPart.processor;
  plain = best;
}
await search.dispose();

plainTimes.sort((a, b) => a - b);
const median = plainTimes[Math.floor(plainTimes.length / 2)]!;
const plainSeconds = (median * QUERIES) / SLICE;
const agreeing = plain!.indices.filter((index, at) => index === indices[at]).length;
const rate = (total: number) => `${((QUERIES * CORPUS) / total / 1e6).toFixed(1)} million pairs/s`;
const peak = peakMegabytes();
print(`search            ${seconds.toFixed(1)} s, ${rate(seconds)}`);
print(`plain JavaScript  ${plainSeconds.toFixed(0)} s, ${rate(plainSeconds)}`);
print(
  `  median of ${plainTimes.length} runs on ${SLICE} queries: ${median.toFixed(2)} s (${plainTimes[0]!.toFixed(2)} to ${plainTimes.at(-1)!.toFixed(2)}), scaled`,
);
const plainProcessorSeconds = (plainProcessor / plainTimes.length) * (QUERIES / SLICE);
print(`ratio             ${(plainSeconds / seconds).toFixed(0)} x`);
print(
  `processor time    search ${processor.toFixed(1)} s over all threads, plain ${plainProcessorSeconds.toFixed(0)} s on one: ratio ${(plainProcessorSeconds / processor).toFixed(0)} x for each core`,
);
print(`same neighbours   ${agreeing} of ${SLICE * K}`);
if (peak !== undefined)
  print(
    `peak memory       ${peak.toFixed(0)} MB, data ${megabytes.toFixed(0)} MB, difference ${(peak - megabytes).toFixed(0)} MB`,
  );
