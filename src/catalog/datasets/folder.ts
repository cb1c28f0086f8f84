/** One's own images: a folder with a table, and a small mapping that says what its columns mean. */

import { join } from 'node:path';
import { z } from 'zod';
import type { Context, FileEntry } from '../../core/context.ts';
import { named } from '../../core/data-use.ts';
import { defineDataset, type OpenDataset, type Part } from '../../core/dataset.ts';
import { ConfigError, DataError } from '../../core/errors.ts';
import { didYouMean } from '../../core/nearest.ts';
import { CHEXPERT_FINDINGS } from '../../core/study.ts';
import { parseTable, type Table } from '../../lib/csv.ts';
import { datasetDigest, sortStudies } from '../../lib/dataset-digest.ts';
import { problemTally } from '../../lib/problem-tally.ts';
import { assertPatientDisjoint, GENERAL_SPLITS } from '../../lib/splits.ts';
import { indexImages } from './folder/images.ts';
import { describeGuess, guessMapping, type Mapping, mappingSchema, readMapping } from './folder/mapping.ts';
import { type FolderStudies, folderStudies } from './folder/studies.ts';

const options = mappingSchema.extend({
  /** File with the mapping, relative to root; dataset.yaml, dataset.yml or dataset.json unless given. Options here count before it. */
  mapping: z.string().min(1).optional(),
  /** `keep`: a listed image that is missing fails singly. `drop`: its row is left out. */
  missingImages: z.enum(['keep', 'drop']).default('keep'),
});

type Options = z.infer<typeof options>;

const NAME = 'folder';
const VERSION = '1';
const SPLITS = [...GENERAL_SPLITS.keys(), 'given-v1'];
const OBTAIN =
  'a folder with images anywhere below and one table (.csv, .csv.gz or .tsv); beside it dataset.yaml with the columns: ' +
  'image, and where there are such patient, study, view, age, sex, split, report or findings and impression, labels, tier.';

export default defineDataset<Options>({
  name: NAME,
  version: VERSION,
  title: 'Own images and table',
  tier: 'credentialed',
  licence: 'as the owner of the images says',
  citation: 'none',
  synthetic: false,
  findings: CHEXPERT_FINDINGS,
  splits: SPLITS,
  options,
  obtain: OBTAIN,
  open: openFolder,
});

async function openFolder(root: string | undefined, chosen: Options, context: Context): Promise<OpenDataset> {
  if (root === undefined) throw new ConfigError(`dataset ${NAME} needs a folder, expected root, got none`, OBTAIN);
  const entries = await context.files.list(root);
  const { mapping: named, missingImages, ...inline } = chosen;
  const file = await readMapping({ root, entries, named }, context);
  const given: Mapping = { ...file, ...filled(inline) };
  const path = tablePath(entries, given.table, root);
  const table = parseTable(await context.files.readText(join(root, path)), path);
  const tally = problemTally();
  for (const { item, problem } of table.problems) tally.add(problem, item);
  const mapping = completed(given, table, (line) => {
    tally.add(line, 'mapping');
    context.log(`dataset ${NAME}: ${line}`);
  });
  const images = indexImages(root, entries, tally);
  const built = folderStudies({ table, mapping, images, missingImages, tally });
  const studies = sortStudies(built.studies);
  if (studies.length === 0) throw new DataError(`no study left, expected at least one (${path})`, OBTAIN);
  return {
    studies,
    digest: datasetDigest({ dataset: `${NAME}@${VERSION}` }, studies),
    problems: tally.problems(),
    tier: mapping.tier ?? 'credentialed',
    findings: built.findings,
    split: (name) => splitOf(name, studies, { parts: built.parts, column: mapping.split }),
  };
}

/** Options that were left out are no answers. */
function filled(inline: Omit<Options, 'mapping' | 'missingImages'>): Mapping {
  return Object.fromEntries(Object.entries(inline).filter(([, value]) => value !== undefined)) as Mapping;
}

function tablePath(entries: readonly FileEntry[], named: string | undefined, root: string): string {
  const tables = entries.map(({ path }) => path).filter((path) => /\.(csv|csv\.gz|tsv|tsv\.gz)$/i.test(path));
  if (named !== undefined) {
    if (tables.includes(named)) return named;
    throw new ConfigError(`options.table, expected a table below root, got "${named}"`, didYouMean(named, tables));
  }
  const atTop = tables.filter((path) => !path.includes('/'));
  const [only, ...more] = atTop.length > 0 ? atTop : tables;
  if (only !== undefined && more.length === 0) return only;
  const got = only === undefined ? 'none' : [only, ...more].sort().slice(0, 5).join(', ');
  throw new DataError(
    `cannot choose a table, expected one, got ${got} (${root})`,
    only === undefined ? OBTAIN : 'name it in the mapping: table: NAME',
  );
}

/** A mapping that names no column is guessed whole; one that names some is left as it is. @throws ConfigError without images */
function completed(given: Mapping, table: Table, tell: (line: string) => void): Mapping {
  const { tier: _, table: __, values: ___, ...columns } = given;
  if (Object.keys(columns).length === 0) {
    const guess = guessMapping(table.columns);
    if (guess.image !== undefined) {
      tell(`no mapping, columns guessed: ${describeGuess(guess)}`);
      return { ...guess, ...given };
    }
  }
  if (given.image !== undefined) return given;
  throw new ConfigError(
    `mapping, expected image: the column of ${table.source} that names files, got none`,
    `columns: ${table.columns.slice(0, 30).map(named).join(', ')}; write dataset.yaml with image: COLUMN beside the table`,
  );
}

interface Given {
  readonly parts: FolderStudies['parts'];
  readonly column: string | undefined;
}

/** `given-v1`: the column of parts. */
function splitOf(name: string, studies: OpenDataset['studies'], { parts, column }: Given): readonly Part[] {
  const general = GENERAL_SPLITS.get(name);
  if (general) return general(studies);
  if (name !== 'given-v1')
    throw new ConfigError(
      `unknown split of ${NAME}, expected one of ${SPLITS.join(', ')}, got "${name}"`,
      didYouMean(name, SPLITS),
    );
  if (column === undefined)
    throw new ConfigError(
      'split given-v1, expected a column of parts, got none',
      'name it in the mapping: split: COLUMN',
    );
  const given = studies.map(({ id }) => parts.get(id)!);
  assertPatientDisjoint(studies, given);
  return given;
}
