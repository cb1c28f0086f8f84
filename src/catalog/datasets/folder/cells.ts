/** Cells of one's own table: label states, views, sex, parts. */
import { quoted } from '../../../core/data-use.ts';
import type { Part } from '../../../core/dataset.ts';
import { DataError } from '../../../core/errors.ts';
import type { LabelState, Sex, View } from '../../../core/study.ts';
import type { LabelValues } from './mapping.ts';

const USUAL: Readonly<Record<LabelState, readonly string[]>> = {
  present: ['1', 'true', 'yes', 'y', 'positive', 'present'],
  absent: ['0', 'false', 'no', 'n', 'negative', 'absent'],
  uncertain: ['-1', 'uncertain'],
  unmentioned: ['', 'nan', 'na', 'n/a', 'unmentioned'],
};

export type LabelReader = (cell: string, place: { readonly finding: string; readonly where: string }) => LabelState;

/** @throws DataError for a cell that is not among the values */
export function labelReader(values: LabelValues = {}): LabelReader {
  const states = new Map<string, LabelState>();
  for (const [state, cells] of Object.entries(USUAL)) for (const cell of cells) states.set(cell, state as LabelState);
  for (const [state, cells] of Object.entries(values))
    for (const cell of cells ?? []) states.set(cell.toLowerCase(), state as LabelState);
  return (cell, { finding, where }) => {
    const written = cell.trim().toLowerCase();
    const state = states.get(written) ?? states.get(written.replace(/^(-?\d+)[.,]0*$/, '$1'));
    if (state !== undefined) return state;
    throw new DataError(
      `label "${finding}", expected 1, 0, -1 or blank, got ${quoted(cell.trim())} (${where})`,
      'say what it means in the mapping, for example values: {present: [abnormal], absent: [normal]}',
    );
  };
}

export function viewOf(cell: string): View {
  if (/^(frontal|f|ap|pa|antero-?posterior|postero-?anterior)\b/i.test(cell)) return 'frontal';
  return /^(lateral|lat|l|ll|rl|left lateral|right lateral)$/i.test(cell) ? 'lateral' : 'unknown';
}

export function sexOf(cell: string): Sex | undefined {
  if (/^(f|female)$/i.test(cell)) return 'female';
  return /^(m|male)$/i.test(cell) ? 'male' : undefined;
}

export function partOf(cell: string): Part | undefined {
  if (/^(train|training)$/i.test(cell)) return 'train';
  if (/^(val|valid|validate|validation|dev)$/i.test(cell)) return 'validation';
  if (/^(test|testing)$/i.test(cell)) return 'test';
  return cell === '' || /^excluded$/i.test(cell) ? 'excluded' : undefined;
}
