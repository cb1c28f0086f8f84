/** Predictions of a finished run for an export: people behind each finding, and rows under ids that only the salt could undo. */
import { createHmac } from 'node:crypto';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { PredictionRow } from '../core/result.ts';
import type { PatientCount } from '../lib/small-cells.ts';

/** Rows held at a time: predictions of a large release do not fit as objects. */
const WINDOW = 100_000;

type Column = keyof PredictionRow;

async function* windows<Name extends Column>(
  bytes: Uint8Array,
  columns: readonly Name[],
): AsyncGenerator<readonly Pick<PredictionRow, Name>[]> {
  const file = new Uint8Array(bytes).buffer;
  const metadata = parquetMetadata(file);
  const total = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < total; rowStart += WINDOW) {
    const rowEnd = Math.min(total, rowStart + WINDOW);
    const rows = await parquetReadObjects({ file, metadata, columns: [...columns], rowStart, rowEnd });
    yield rows as unknown as readonly Pick<PredictionRow, Name>[];
  }
}

interface People {
  readonly all: Set<string>;
  readonly positive: Set<string>;
  readonly negative: Set<string>;
  /** By model: patients with an answer, on either side, and where there are no sides. */
  readonly scored: Map<string, readonly [negative: Set<string>, positive: Set<string>, neither: Set<string>]>;
}

type CountedRow = Pick<PredictionRow, (typeof COUNTED)[number]>;
const COUNTED = ['dataset', 'task', 'model', 'patient', 'finding', 'target', 'failure'] as const;

function countRow(row: CountedRow, people: People): void {
  const { model, patient, target, failure } = row;
  people.all.add(patient);
  if (target === 1) people.positive.add(patient);
  if (target === 0) people.negative.add(patient);
  const sides = people.scored.get(model) ?? ([new Set<string>(), new Set<string>(), new Set<string>()] as const);
  people.scored.set(model, sides);
  if (failure === null) sides[target === 1 ? 1 : target === 0 ? 0 : 2].add(patient);
}

/** The fewest patients that a model has scores for, on a side that has any rows. */
function fewestScored({ positive, negative, scored }: People): number {
  const isBinary = positive.size + negative.size > 0;
  const sizes = [...scored.values()].flatMap(([no, yes, neither]) => (isBinary ? [no.size, yes.size] : [neither.size]));
  return Math.min(...sizes);
}

/** Patients behind every (dataset, task, finding) of a run, whatever part of the split was predicted. */
export async function countPatients(predictions: Uint8Array): Promise<readonly PatientCount[]> {
  const cells = new Map<string, People>();
  for await (const rows of windows(predictions, COUNTED)) {
    for (const row of rows) {
      const key = JSON.stringify([row.dataset, row.task, row.finding]);
      const people = cells.get(key) ?? { all: new Set(), positive: new Set(), negative: new Set(), scored: new Map() };
      cells.set(key, people);
      countRow(row, people);
    }
  }
  return [...cells].map(([key, people]) => {
    const [dataset, task, finding] = JSON.parse(key) as [string, string, string];
    const sides = { positive: people.positive.size, negative: people.negative.size };
    return { dataset, task, finding, patients: people.all.size, ...sides, fewestScored: fewestScored(people) };
  });
}

/** What turns an id into one that tells nothing without the salt: the first 32 digits of HMAC-SHA-256. */
export function saltedId(
  salt: Uint8Array,
  kind: 'patient' | 'study' | 'item',
  name: readonly [string, string],
): string {
  return createHmac('sha256', salt)
    .update(JSON.stringify([kind, ...name]))
    .digest('hex')
    .slice(0, 32);
}

const ALL = [
  ...(['dataset', 'task', 'model', 'variant', 'part', 'patient', 'study', 'item', 'finding'] as const),
  ...(['target', 'score', 'decision', 'rank', 'candidates', 'failure'] as const),
];

function underSalt(row: PredictionRow, salt: Uint8Array): PredictionRow {
  const hashed = (kind: 'patient' | 'study' | 'item', id: string) => saltedId(salt, kind, [row.dataset, id]);
  return {
    ...row,
    patient: hashed('patient', row.patient),
    study: hashed('study', row.study),
    item: hashed('item', row.item),
    candidates:
      row.candidates
        ?.split('|')
        .map((id) => hashed('item', id))
        .join('|') ?? null,
    failure: row.failure === null ? null : 'failed', // a reason may name a file
  };
}

const orderOf = (row: PredictionRow) =>
  [row.dataset, row.task, row.model, row.variant, row.finding, row.patient, row.item].join('\u0000');

/** Rows that `isKept` lets pass, under salted ids and in their order: that of the release would tell the ids. */
export async function saltedPredictions(
  predictions: Uint8Array,
  salt: Uint8Array,
  isKept: (row: PredictionRow) => boolean,
): Promise<readonly PredictionRow[]> {
  const kept: PredictionRow[] = [];
  for await (const rows of windows(predictions, ALL))
    for (const row of rows) if (isKept(row)) kept.push(underSalt(row, salt));
  const sorted = kept.map((row) => ({ row, order: orderOf(row) }));
  sorted.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
  return sorted.map(({ row }) => row);
}
