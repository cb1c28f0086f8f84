/**
 * Patient-cluster bootstrap of 14 AUROCs over 10,000 studies, beside the same loop over scikit-learn's roc_auc_score.
 * `npm run bench -- bootstrap [PYTHON_REPLICATES]`; Python with scikit-learn is `python3`, or MEDVLM_PYTHON.
 */
import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { ScoredTargets } from '../src/core/metric.ts';
import { rng } from '../src/core/rng.ts';
import { bootstrapDistributions, replicateWeights } from '../src/lib/stats/bootstrap.ts';
import { prepareAuroc } from '../src/lib/stats/ranking-scores.ts';

const STUDIES = 10_000;
const PATIENTS = 6_500;
const FINDINGS = 14;
const REPLICATES = 2_000;
const ROUNDS = 3;
const SEED = 1;

/** Prevalences from 40 % down to 1 %, scores that rank moderately well. */
function makeFinding(index: number): ScoredTargets {
  const random = rng(SEED, 'bench-bootstrap', String(index));
  const prevalence = 0.4 * (0.01 / 0.4) ** (index / (FINDINGS - 1));
  const targets = Uint8Array.from({ length: STUDIES }, () => (random.next() < prevalence ? 1 : 0));
  return { targets, scores: Float64Array.from(targets, (target) => random.normal() + target) };
}

interface Reference {
  aurocs: number[][];
  seconds: number[];
  cpu: number[];
  python: string;
  'scikit-learn': string;
  numpy: string;
}

function runPython(input: unknown): Reference {
  const script = fileURLToPath(new URL('../../bench/bootstrap.py', import.meta.url));
  const command = process.env.MEDVLM_PYTHON ?? 'python3';
  const { status, stdout, stderr } = spawnSync('/usr/bin/env', [command, script], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${command} with scikit-learn is needed (set MEDVLM_PYTHON): ${stderr}`);
  return JSON.parse(stdout) as Reference;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

const findings = Array.from({ length: FINDINGS }, (_, index) => makeFinding(index));
const random = rng(SEED, 'bench-patients');
const patients = Array.from({ length: STUDIES }, () => `patient${random.integer(PATIENTS)}`);

/** Everything from raw scores on: sorting, drawing patients, all replicates. */
function runOurs(): { seconds: number; cpu: number; values: Float64Array[] } {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const statistics = findings.map((finding) => prepareAuroc(finding));
  const values = bootstrapDistributions(statistics, replicateWeights(patients, REPLICATES, SEED));
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6, values };
}

const pythonReplicates = Number(process.argv[2] ?? 40);
const replicates = replicateWeights(patients, pythonReplicates, SEED);
const before = Array.from({ length: ROUNDS }, runOurs);
const reference = runPython({
  targets: findings.map(({ targets }) => [...targets]),
  scores: findings.map(({ scores }) => [...scores]),
  weights: Array.from({ length: pythonReplicates }, (_, b) =>
    // One digit per row: a patient is never drawn ten times here, and the sum below would tell.
    [...replicates.weights(b)].map((weight) => Math.min(9, weight)).join(''),
  ),
});
const rounds = [...before, ...Array.from({ length: ROUNDS }, runOurs)];

const { values } = rounds[0]!;
const worst = Math.max(
  ...reference.aurocs.flatMap((row, b) => row.map((auroc, i) => Math.abs(auroc - values[i]![b]!))),
);
const fixed = (value: number, digits = 3) => value.toFixed(digits);

/** Elapsed time is what one waits; processor time is not disturbed by other programs. */
function compare(name: string, ours: readonly number[], python: readonly number[]): string[] {
  const scaled = median(python) * REPLICATES;
  return [
    `${name}`,
    `  medvlm        ${fixed(median(ours))} s for all ${REPLICATES} replicates, sorting and drawing included (median of ${ours.length}: ${ours.map((s) => fixed(s)).join(', ')})`,
    `  scikit-learn  ${fixed(median(python) * 1000, 1)} ms per replicate (median of ${python.length} that were run), which is ${fixed(scaled, 1)} s SCALED to ${REPLICATES}`,
    `  ratio         ${fixed(scaled / median(ours), 0)} (target: 100)`,
  ];
}

process.stdout.write(
  [
    `${FINDINGS} AUROCs, ${STUDIES} studies, ${new Set(patients).size} patients, ${REPLICATES} replicates; one thread each`,
    `${cpus()[0]?.model ?? 'unknown processor'}; Node ${process.version}; Python ${reference.python}, scikit-learn ${reference['scikit-learn']}, NumPy ${reference.numpy}; load ${fixed(loadavg()[0]!, 1)} on ${cpus().length} processors`,
    ...compare(
      'processor time',
      rounds.map(({ cpu }) => cpu),
      reference.cpu,
    ),
    ...compare(
      'elapsed time',
      rounds.map(({ seconds }) => seconds),
      reference.seconds,
    ),
    `largest difference of ${pythonReplicates * FINDINGS} AUROCs: ${worst.toExponential(1)}`,
    '',
  ].join('\n'),
);
if (!(worst < 1e-12)) process.exit(1);
