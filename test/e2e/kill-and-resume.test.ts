import { expect, test } from 'vitest';
import { killAndResume } from './kill-and-resume.ts';

test('a killed run continues: nothing inferred twice, the same bytes', async () => {
  const trials = await killAndResume(4, 1);
  expect(trials.some((trial) => trial.wasKilled)).toBe(true);
  for (const trial of trials) {
    expect(trial.differences).toEqual([]);
    expect(trial.storedBefore + trial.inferredAfter).toBe(trial.total);
  }
});
