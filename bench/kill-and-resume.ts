/** SIGKILL at 30 random moments, then the same line again: bytes compared, embeddings counted. */
import { killAndResume } from '../test/e2e/kill-and-resume.ts';

const TRIALS = Number(process.argv[2] ?? 30);
console.log('killed at ms | was killed | stored before | inferred after | total | differing files');
const trials = await killAndResume(TRIALS, 2026, (trial) => {
  const { killedAtMs, wasKilled, storedBefore, inferredAfter, total, differences } = trial;
  console.log([killedAtMs, wasKilled, storedBefore, inferredAfter, total, differences.join(' ') || 'none'].join(' | '));
});
const isExact = (trial: (typeof trials)[number]) =>
  trial.differences.length === 0 && trial.storedBefore + trial.inferredAfter === trial.total;
console.log(`${trials.filter(isExact).length} of ${trials.length} byte-identical with nothing inferred twice`);
process.exitCode = trials.every(isExact) ? 0 : 1;
