/** Predictions as Parquet, which pandas and DuckDB read: one row per item × finding, or per query. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { PredictionRow } from '../core/result.ts';

const TEXT_COLUMNS = ['dataset', 'task', 'model', 'variant', 'part', 'patient', 'study', 'item', 'finding'] as const;
const NUMBER_COLUMNS = ['target', 'score', 'decision', 'rank'] as const;
const OPTIONAL_TEXT_COLUMNS = ['candidates', 'failure'] as const;

/** The same rows give the same bytes. */
export function encodePredictions(rows: readonly PredictionRow[]): Uint8Array {
  const column = <Name extends keyof PredictionRow>(name: Name) => rows.map((row) => row[name]);
  const buffer = parquetWriteBuffer({
    columnData: [
      ...TEXT_COLUMNS.map((name) => ({ name, data: column(name), type: 'STRING' as const, nullable: false })),
      ...NUMBER_COLUMNS.map((name) => ({ name, data: column(name), type: 'DOUBLE' as const })),
      ...OPTIONAL_TEXT_COLUMNS.map((name) => ({ name, data: column(name), type: 'STRING' as const })),
    ],
  });
  return new Uint8Array(buffer);
}
