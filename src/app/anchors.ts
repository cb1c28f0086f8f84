/** Published numbers: whether a run that requires them met them, and those that come along with the package. */
import { join } from 'node:path';
import { parse } from 'yaml';
import { type AnchorOutcome, type PublishedNumber, publishedNumberList } from '../core/anchors.ts';
import type { Files } from '../core/context.ts';
import { AnchorsError } from '../core/errors.ts';
import { packageRoot } from '../engine/package-root.ts';

/**
 * Numbers that were only recalled from a paper (`reported`) are shown and never required.
 * @throws AnchorsError where a checked number differs or was not computed
 */
export function requireAnchors(outcomes: readonly AnchorOutcome[] = []): void {
  const required = outcomes.filter(({ tag }) => tag !== 'reported');
  const missed = required.filter(({ verdict }) => verdict === 'differs' || verdict === 'not computed');
  if (missed.length === 0) return;
  const [first] = missed;
  const what = [first!.model, first!.dataset, first!.task, first!.finding, first!.metric].filter(Boolean).join(' · ');
  throw new AnchorsError(
    `anchors: ${missed.length} of ${required.length} published numbers did not come out, first ${what}: ${first!.verdict}`,
    'the results are written; all verdicts are in anchors.csv of the run folder',
  );
}

/** Where the numbers lie that no suite of ours computes yet, and those that one does. */
export const PUBLISHED_FILE = join(packageRoot, 'suites', 'anchors', 'published.yaml');

/** @throws ZodError where the file of the package is malformed, which its own test rules out */
export async function publishedNumbers(files: Files): Promise<readonly PublishedNumber[]> {
  return publishedNumberList.parse(parse(await files.readText(PUBLISHED_FILE)));
}

/** Lines of `medvlm models show`: what was published of a model, how sure that is, and whether it can be run here. */
export function publishedLines(numbers: readonly PublishedNumber[]): string[] {
  return numbers.map(({ of, dataset, task, finding, metric, value, interval, tag, source, ...rest }) => {
    const what = [of, dataset, task, finding, metric].filter((part) => part !== undefined && part !== null);
    const range = interval ? ` (${interval[0]}–${interval[1]})` : '';
    const where = rest.suite ? `run with anchors/${rest.suite}` : `not runnable here yet: needs ${rest.needs}`;
    return `published     ${what.join(' · ')}: ${value}${range} [${tag}; ${source}]; ${where}`;
  });
}
