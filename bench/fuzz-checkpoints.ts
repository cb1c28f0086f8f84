// Damaged checkpoints at large scale: outcome counts, slowest file and peak memory. Usage: npm run bench -- fuzz-checkpoints [N]
import { readFileSync } from 'node:fs';
import { mutation, outcomeOf } from '../test/lib/checkpoint/mutations.ts';

const count = Number(process.argv[2] ?? 20_000);
const kinds = new Map<string, number>();
let [slowest, slowestIndex] = [0, 0];
const start = performance.now();
for (let n = 0; n < count; n++) {
  const { kind, seconds } = outcomeOf(mutation(n)); // anything but values or a typed error throws
  kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  if (seconds > slowest) [slowest, slowestIndex] = [seconds, n];
}
const total = (performance.now() - start) / 1000;

/** Peak resident memory in MB: VmHWM where there is one, since ru_maxrss is inherited from the parent. */
function peakMegabytes(): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}

for (const [kind, number] of [...kinds].sort((a, b) => b[1] - a[1]))
  console.log(`${String(number).padStart(8)}  ${kind}`);
console.log(`${count} damaged checkpoints in ${total.toFixed(1)} s; every one gave values or a typed error`);
console.log(
  `slowest ${(slowest * 1000).toFixed(1)} ms (number ${slowestIndex}); peak memory ${peakMegabytes().toFixed(0)} MB`,
);
