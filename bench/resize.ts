/**
 * Pillow-exact resampling of a 1024 x 1024 grey picture on one thread, side by side with Pillow where a Python has it.
 * usage: npm run bench -- resize [--python python3]
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from '../src/engine/machine.ts';
import { type PillowKernel, resizePillow } from '../src/lib/image/resize-pillow.ts';
import { FILM_SIDE, film } from './material/film-files.ts';

const CASES: readonly { readonly kernel: PillowKernel; readonly side: number }[] = [
  { kernel: 'bicubic', side: 224 },
  { kernel: 'bilinear', side: 224 },
  { kernel: 'lanczos', side: 320 },
];
const { values } = parseArgs({ options: { python: { type: 'string', default: 'python3' } } });
const data = film(0);
const { processor, node } = describeMachine();
console.log(`${processor}, Node ${node}; ${FILM_SIDE} x ${FILM_SIDE} grey, one thread, median of 60 after 20`);
for (const { kernel, side } of CASES) {
  const [first, pillow, second] = [ours(kernel, side), theirs(kernel, side), ours(kernel, side)];
  const other = pillow === undefined ? 'Pillow not found' : `Pillow ${pillow.toFixed(2)} ms`;
  console.log(`${kernel} to ${side}: ${first.toFixed(2)} ms, again ${second.toFixed(2)} ms; ${other}`);
}

function ours(kernel: PillowKernel, side: number): number {
  const picture = { width: FILM_SIDE, height: FILM_SIDE, channels: 1, data };
  const times = Array.from({ length: 80 }, () => {
    const start = performance.now();
    resizePillow(picture, { width: side, height: side }, kernel);
    return performance.now() - start;
  });
  return times.slice(20).sort((a, b) => a - b)[30]!;
}

function theirs(kernel: PillowKernel, side: number): number | undefined {
  const script = fileURLToPath(new URL('../../bench/resize.py', import.meta.url));
  const run = spawnSync(values.python, [script, `${FILM_SIDE}`, `${side}`, kernel], { input: data });
  return run.status === 0 ? Number(run.stdout.toString()) : undefined;
}
