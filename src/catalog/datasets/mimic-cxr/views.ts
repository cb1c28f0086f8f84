/** View of a film by the DICOM view position, or by the view code where that is blank. */
import type { View } from '../../../core/study.ts';

/** Swimmer's and cross-table views are taken from the side. Obliques are neither, and stay unknown. */
const POSITIONS: Readonly<Record<string, View>> = {
  AP: 'frontal',
  PA: 'frontal',
  'AP AXIAL': 'frontal',
  'AP LLD': 'frontal',
  'AP RLD': 'frontal',
  'PA LLD': 'frontal',
  'PA RLD': 'frontal',
  LATERAL: 'lateral',
  LL: 'lateral',
  RL: 'lateral',
  'XTABLE LATERAL': 'lateral',
  SWIMMERS: 'lateral',
};

/** Meanings of the view codes. Source: DICOM PS3.16, CID 4010. */
const CODES: Readonly<Record<string, View>> = {
  'antero-posterior': 'frontal',
  'postero-anterior': 'frontal',
  lateral: 'lateral',
  'left lateral': 'lateral',
  'right lateral': 'lateral',
};

export const VIEW_RULE = 'mimic-views@1';

/** @param position `ViewPosition`; @param code `ViewCodeSequence_CodeMeaning` */
export function viewOf(position: string, code: string): View {
  const known = position === '' ? CODES[code.toLowerCase()] : POSITIONS[position.toUpperCase()];
  return known ?? 'unknown';
}
