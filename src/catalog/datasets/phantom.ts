/** The embedded synthetic dataset: generated once, then read through the loader of the real Indiana collection. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { defineDataset, type OpenDataset, type Part } from '../../core/dataset.ts';
import { ConfigError, DataError } from '../../core/errors.ts';
import { didYouMean } from '../../core/nearest.ts';
import { CHEXPERT_FINDINGS, type Study } from '../../core/study.ts';
import { datasetDigest, sortStudies } from '../../lib/dataset-digest.ts';
import { readSidecar, type SidecarRow } from '../../lib/phantom/sidecar.ts';
import { patientFraction } from '../../lib/splits.ts';
import { openIuXray } from './iu-xray.ts';
import { GENERATOR_VERSION, generatePhantom, releaseDigest } from './phantom/generate.ts';

export { type GeneratedPhantom, generatePhantom } from './phantom/generate.ts';

const options = z.strictObject({
  /** Number of patients; about 2.9 films each. */
  patients: z.int().min(1).max(100_000).default(220),
  /** Patients of different seeds are different people. */
  seed: z.int().min(0).max(99_999).default(2),
});

type Options = z.infer<typeof options>;

const NAME = 'phantom';
const VERSION = '1';
const SPLITS = ['held-out-v1', 'train-v1'] as const;

export default defineDataset<Options>({
  name: NAME,
  version: VERSION,
  title: 'Synthetic chest phantom (no clinical meaning)',
  tier: 'open',
  licence: 'CC0-1.0',
  citation: 'MedVLM Bench phantom generator; synthetic films and reports, no patient',
  synthetic: true,
  findings: CHEXPERT_FINDINGS,
  splits: SPLITS,
  options,
  obtain: 'nothing to fetch: it makes itself; `medvlm datasets generate DIR` writes it in the layout of Open-i',
  open: openPhantom,
});

/** @param root a folder that `generatePhantom` wrote; undefined generates into the cache, once */
async function openPhantom(root: string | undefined, chosen: Options, context: Context): Promise<OpenDataset> {
  const folder = root ?? join(context.cacheDirectory, `phantom-${releaseDigest(chosen).slice(0, 16)}`);
  if (root === undefined) await generatePhantom(folder, chosen, context);
  const release = await openIuXray(folder, { form: 'open-i', missingImages: 'keep' }, context);
  const rows = await readRows(join(folder, 'phantom.csv'), context);
  const studies = sortStudies(release.studies.map((study) => withTruth(study, rows.get(study.id), folder)));
  return {
    studies,
    digest: datasetDigest({ dataset: `${NAME}@${VERSION}`, generator: GENERATOR_VERSION }, studies),
    problems: release.problems,
    split: (name) => splitOf(name, studies),
  };
}

async function readRows(path: string, context: Context): Promise<ReadonlyMap<string, SidecarRow>> {
  const text = await context.files.readText(path);
  try {
    return readSidecar(text);
  } catch (error) {
    if (error instanceof RangeError) throw new DataError(`phantom table is damaged, ${error.message} (${path})`, HINT);
    throw error;
  }
}

const HINT = 'delete the folder: it is generated anew';

/** What the XML says must be true; what it cannot say (denied or not mentioned, who, where) comes from the table. */
function withTruth(study: Study, row: SidecarRow | undefined, folder: string): Study {
  if (row === undefined) throw new DataError(`phantom study ${study.id} is not in phantom.csv (${folder})`, HINT);
  for (const [finding, state] of Object.entries(study.labels)) {
    if (state === 'present' && row.truth[finding] !== 'present') {
      throw new DataError(
        `phantom labels disagree, expected ${finding} present in phantom.csv as in the XML, got ${row.truth[finding]} (${folder}: ${study.id})`,
        HINT,
      );
    }
  }
  return {
    ...study,
    patientId: row.patient,
    labels: row.truth,
    sex: row.sex,
    ageYears: row.age,
    acquisition: { ...study.acquisition, site: row.site, synthetic: 'yes' },
  };
}

/** `held-out-v1`: 30 % of patients validation, 70 % test, by SHA-256 of `held-out-v1:patientId`. `train-v1`: all train. */
function splitOf(name: string, studies: readonly Study[]): readonly Part[] {
  if (name === 'train-v1') return studies.map(() => 'train');
  if (name !== 'held-out-v1') {
    const expected = SPLITS.join(' or ');
    throw new ConfigError(`unknown split of ${NAME}, expected ${expected}, got "${name}"`, didYouMean(name, SPLITS));
  }
  return studies.map(({ patientId }) => (patientFraction(name, patientId) < 0.3 ? 'validation' : 'test'));
}
