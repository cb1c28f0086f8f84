/** What the columns of one's own table mean: from the suite, from a file in the folder, or guessed by their names. */
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import type { Context, FileEntry } from '../../../core/context.ts';
import { ConfigError } from '../../../core/errors.ts';
import { CHEXPERT_FINDINGS } from '../../../core/study.ts';

const column = z.string().min(1);

const labelValues = z.strictObject({
  present: z.array(z.coerce.string()).optional(),
  absent: z.array(z.coerce.string()).optional(),
  uncertain: z.array(z.coerce.string()).optional(),
  unmentioned: z.array(z.coerce.string()).optional(),
});

export type LabelValues = z.infer<typeof labelValues>;

export const mappingSchema = z.strictObject({
  /** Table relative to the folder; the only .csv, .tsv or .csv.gz there unless given. */
  table: z.string().min(1).optional(),
  /** Column with paths or file names, or a pattern of columns such as `films/{patient}/{film}.png`. */
  image: column.optional(),
  patient: column.optional(),
  /** Rows of one value are one study; each image is a study of its own unless given. */
  study: column.optional(),
  view: column.optional(),
  age: column.optional(),
  sex: column.optional(),
  /** Part of each row: train, validation or test. */
  split: column.optional(),
  /** A whole report as one text; sections are found by their headings. */
  report: column.optional(),
  indication: column.optional(),
  comparison: column.optional(),
  findings: column.optional(),
  impression: column.optional(),
  /** Columns named as their findings, or finding → column. */
  labels: z.union([z.array(column), z.record(column, column)]).optional(),
  /** Cells of the label columns by what they say, besides 1, 0, -1 and blank. */
  values: labelValues.optional(),
  /** More columns that divide the studies into subgroups, such as site or device. */
  acquisition: z.array(column).optional(),
  /** Who may see the data; credentialed unless given, the strictest. */
  tier: z.enum(['open', 'registered', 'credentialed']).optional(),
});

export type Mapping = z.infer<typeof mappingSchema>;

const FILE_NAMES = ['dataset.yaml', 'dataset.yml', 'dataset.json'];

/** @returns undefined where no file is named and none of the usual names is there @throws ConfigError for a bad file */
export async function readMapping(
  { root, entries, named }: { root: string; entries: readonly FileEntry[]; named: string | undefined },
  context: Context,
): Promise<Mapping | undefined> {
  const present = new Set(entries.map(({ path }) => path));
  const name = named ?? FILE_NAMES.find((file) => present.has(file));
  if (name === undefined) return undefined;
  if (!present.has(name)) throw new ConfigError(`options.mapping, expected a file below root, got none ("${name}")`);
  const text = await context.files.readText(join(root, name));
  let value: unknown;
  try {
    value = parseYaml(text); // JSON is YAML
  } catch (cause) {
    const [first] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new ConfigError(`mapping, expected YAML or JSON, got: ${first} (${name})`);
  }
  const parsed = mappingSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const at = issue.path.join('.') || 'mapping';
  throw new ConfigError(`${at}: ${issue.message} (${name})`, `keys: ${Object.keys(mappingSchema.shape).join(', ')}`);
}

/** Usual names of columns, as lower-case letters and digits. */
const USUAL: Readonly<Partial<Record<keyof Mapping, readonly string[]>>> = {
  image: ['image', 'imagepath', 'path', 'imageid', 'filename', 'file', 'imageindex', 'dicomid', 'img', 'imagefile'],
  patient: ['patientid', 'patient', 'subjectid', 'subject', 'personid'],
  study: ['studyid', 'study', 'studyuid', 'accession', 'accessionnumber', 'examid', 'uid'],
  view: ['view', 'viewposition', 'projection', 'frontallateral'],
  age: ['age', 'patientage', 'ageyears'],
  sex: ['sex', 'gender', 'patientsex', 'patientgender'],
  split: ['split', 'part', 'subset'],
  report: ['report', 'text', 'reporttext'],
  indication: ['indication'],
  comparison: ['comparison'],
  findings: ['findings'],
  impression: ['impression', 'conclusion'],
};

const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Columns by their usual names, and every column that is named as one of CheXpert's findings. */
export function guessMapping(columns: readonly string[]): Mapping {
  const fields = Object.entries(USUAL).flatMap(([field, names]) => {
    const found = names.map((name) => columns.find((written) => plain(written) === name)).find((name) => name);
    return found === undefined ? [] : [[field, found] as const];
  });
  const labels = CHEXPERT_FINDINGS.flatMap((finding) => {
    const found = columns.find((written) => plain(written) === plain(finding));
    return found === undefined ? [] : [[finding, found] as const];
  });
  return { ...Object.fromEntries(fields), ...(labels.length > 0 ? { labels: Object.fromEntries(labels) } : {}) };
}

/** One line for the person: which column was taken for what. */
export function describeGuess({ labels = {}, ...fields }: Mapping): string {
  const named = Object.entries(fields).map(([field, name]) => `${field} = "${name}"`);
  const count = Object.keys(labels).length;
  return [...named, ...(count > 0 ? [`${count} label columns`] : [])].join(', ');
}
