// Kills a run with SIGKILL at random moments, runs it again, and compares every byte with an undisturbed run.
// Used by a test (few trials) and by `npm run bench -- kill-and-resume` (30).
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rng } from '../../src/core/rng.ts';
import { openPlace, type Place, repository } from './command.ts';

export interface Trial {
  readonly killedAtMs: number;
  /** False where the run had ended before the kill. */
  readonly wasKilled: boolean;
  /** Embeddings that lay whole in the store when the run died, and those that the second run computed. */
  readonly storedBefore: number;
  readonly inferredAfter: number;
  readonly total: number;
  /** Names of files that differ from the undisturbed run: none. */
  readonly differences: readonly string[];
}

function suiteText(): string {
  const miniature = (letter: string) =>
    JSON.stringify(join(repository, `assets/miniatures/chexzero-phantom-${letter}.pt`));
  return `
name: kill
datasets: [{ use: phantom, options: { patients: 60, seed: 9 } }]
models:
  - { id: a, use: chexzero, from: ${miniature('a')} }
  - { id: both, use: chexzero, from: [${miniature('a')}, ${miniature('b')}] }
tasks: [{ use: zero-shot }, { use: retrieval }]
statistics: { replicates: 100 }
`;
}

/** Every file below a folder, by relative path, as digests; the manifest's wall times and counts are left out. */
function digests(directory: string): Map<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.endsWith('manifest.json'));
  return new Map(
    paths.map((path) => [path.slice(directory.length), createHash('sha256').update(readFileSync(path)).digest('hex')]),
  );
}

/** Items in whole shards; throws where one item lies in two shards of a space. */
function storedItems(place: Place): number {
  const artifacts = join(place.home, 'artifacts');
  if (!existsSync(artifacts)) return 0;
  let count = 0;
  for (const space of readdirSync(artifacts)) {
    const sidecars = readdirSync(join(artifacts, space)).filter((name) => name.endsWith('.shard.json'));
    const items = sidecars.flatMap(
      (name) => JSON.parse(readFileSync(join(artifacts, space, name), 'utf8')).items as string[],
    );
    if (new Set(items).size !== items.length) throw new Error(`an item was inferred twice in space ${space}`);
    count += items.length;
  }
  return count;
}

function runToEnd(place: Place): { inferred: number; results: Map<string, string> } {
  const done = place.run('run', 'kill.yaml', '--out', 'out', '--json');
  if (done.code !== 0) throw new Error(`run ended with ${done.code}: ${done.stderr}`);
  const { inferred } = JSON.parse(done.stdout) as { inferred: { items: number } };
  return {
    inferred: inferred.items,
    results: new Map([...digests(join(place.root, 'out')), ...digests(join(place.home, 'artifacts'))]),
  };
}

function differing(expected: Map<string, string>, actual: Map<string, string>): string[] {
  const names = new Set([...expected.keys(), ...actual.keys()]);
  return [...names].filter((name) => expected.get(name) !== actual.get(name) && !name.endsWith('plan.json'));
}

function placeWithSuite(): Place {
  const place = openPlace();
  writeFileSync(join(place.root, 'kill.yaml'), suiteText());
  return place;
}

function copyFilms(from: Place, to: Place): void {
  cpSync(join(from.home, 'cache'), join(to.home, 'cache'), { recursive: true });
}

/** Wall time of an undisturbed run that finds its films made. */
function timeWithFilms(calm: Place): number {
  const place = placeWithSuite();
  copyFilms(calm, place);
  const start = performance.now();
  runToEnd(place);
  place.remove();
  return performance.now() - start;
}

/** @param trials number of kills at moments drawn uniformly over the duration of an undisturbed run */
export async function killAndResume(
  trials: number,
  seed: number,
  onTrial: (trial: Trial) => void = () => {},
): Promise<Trial[]> {
  const calm = placeWithSuite();
  const start = performance.now();
  const undisturbed = runToEnd(calm);
  const durationMs = performance.now() - start;
  const madeMs = timeWithFilms(calm);
  const done: Trial[] = [];
  const moments = rng(seed, 'kill');
  for (let trial = 0; trial < trials; trial++) {
    const place = placeWithSuite();
    // In two trials of three the films are there, so that the kill falls into import, inference, judging and writing.
    const hasFilms = trial % 3 > 0;
    if (hasFilms) copyFilms(calm, place);
    const killedAtMs = Math.round(200 + moments.next() * ((hasFilms ? madeMs : durationMs) - 200));
    const wasKilled = await place.runAndKill(killedAtMs, 'run', 'kill.yaml', '--out', 'out');
    const storedBefore = storedItems(place);
    const { inferred, results } = runToEnd(place);
    const differences = differing(undisturbed.results, results);
    done.push({ killedAtMs, wasKilled, storedBefore, inferredAfter: inferred, total: storedItems(place), differences });
    onTrial(done.at(-1)!);
    place.remove();
  }
  calm.remove();
  return done;
}
