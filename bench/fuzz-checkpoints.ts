// Damaged checkpoints at large scale, in child processes that are watched. Usage: npm run bench -- fuzz-checkpoints [N]
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mutation } from '../test/lib/checkpoint/mutations.ts';
import { outcomeOf } from '../test/lib/checkpoint/outcomes.ts';

/** Checkpoints per child process. */
const PART = 10_000;
const SILENCE_MS = 20_000;
const LIMIT_MEGABYTES = 1000;

interface Report {
  readonly counts: readonly (readonly [string, number])[];
  readonly slowest: number;
  readonly slowestIndex: number;
  readonly peak: number;
}

/** Peak resident memory in MB: VmHWM where there is one, since ru_maxrss is inherited from the parent. */
function peakMegabytes(): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}

/** Reads the checkpoints from `from` to `to`; anything but values or a typed error ends the process. */
async function child(from: number, to: number): Promise<void> {
  const counts = new Map<string, number>();
  let [slowest, slowestIndex] = [0, from];
  for (let n = from; n < to; n++) {
    if (n % 100 === 0) process.send!(n); // a sign of life
    const damaged = mutation(n);
    const { kind, seconds } = await outcomeOf(damaged);
    for (const key of [kind, `${damaged.container}|${kind === 'read' ? 'read' : 'refused'}`])
      counts.set(key, (counts.get(key) ?? 0) + 1);
    if (seconds > slowest) [slowest, slowestIndex] = [seconds, n];
  }
  process.send!({ counts: [...counts], slowest, slowestIndex, peak: peakMegabytes() } satisfies Report);
  process.disconnect();
}

/** Runs one part in a process of its own. @throws where it crashes or hangs, naming the hundred it was in */
function runPart(from: number, to: number): Promise<Report> {
  return new Promise((resolve, reject) => {
    let [last, report]: [number, Report | undefined] = [from, undefined];
    const started: ChildProcess = fork(new URL(import.meta.url), ['--part', `${from}`, `${to}`]);
    const stop = () => started.kill('SIGKILL');
    let watch = setTimeout(stop, SILENCE_MS);
    started.on('message', (message: number | Report) => {
      clearTimeout(watch);
      watch = setTimeout(stop, SILENCE_MS);
      if (typeof message === 'number') last = message;
      else report = message;
    });
    started.on('exit', (code, signal) => {
      clearTimeout(watch);
      if (report && code === 0) resolve(report);
      else reject(new Error(`numbers ${last} to ${last + 99}: the reader ended with ${signal ?? code}`));
    });
  });
}

/** Kinds of one in ten thousand and less in one line. */
function printKinds(kinds: readonly (readonly [string, number])[]): void {
  const total = kinds.reduce((sum, [, number]) => sum + number, 0);
  const rare = kinds.filter(([, number]) => number <= total / 10_000);
  const line = (number: number, kind: string) => console.log(`${String(number).padStart(8)}  ${kind}`);
  for (const [kind, number] of kinds.slice(0, kinds.length - rare.length)) line(number, kind);
  line(
    rare.reduce((sum, [, number]) => sum + number, 0),
    `${rare.length} rarer kinds of error`,
  );
}

function print(reports: readonly Report[], count: number, seconds: number): void {
  const counts = new Map<string, number>();
  for (const report of reports)
    for (const [key, number] of report.counts) counts.set(key, (counts.get(key) ?? 0) + number);
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  printKinds(sorted.filter(([key]) => !key.includes('|')));
  const containers = new Set(sorted.filter(([key]) => key.includes('|')).map(([key]) => key.split('|')[0]!));
  for (const name of containers)
    console.log(`${name}: ${counts.get(`${name}|read`) ?? 0} read, ${counts.get(`${name}|refused`) ?? 0} refused`);
  const slowest = reports.reduce((a, b) => (b.slowest > a.slowest ? b : a));
  const peak = Math.max(...reports.map((report) => report.peak));
  console.log(`${count} damaged checkpoints in ${seconds.toFixed(1)} s; every one gave values or a typed error`);
  console.log(
    `slowest ${(slowest.slowest * 1000).toFixed(1)} ms (number ${slowest.slowestIndex}); peak memory ${peak.toFixed(0)} MB`,
  );
  console.log(`nothing executed: ${existsSync('executed') ? 'NO, a file named executed is there' : 'yes'}`);
  const sound = slowest.slowest < 1 && peak < LIMIT_MEGABYTES && !existsSync('executed');
  process.exitCode = sound ? 0 : 1;
}

async function parent(count: number): Promise<void> {
  const start = performance.now();
  const reports: Report[] = [];
  for (let from = 0; from < count; from += PART) reports.push(await runPart(from, Math.min(count, from + PART)));
  print(reports, count, (performance.now() - start) / 1000);
}

const [first = '100000', from, to] = process.argv.slice(2);
if (first === '--part') await child(Number(from), Number(to));
else await parent(Number(first));
