/** Labels of a dataset: frequency, uncertainty, imbalance, and which findings go together. */
import type { Study } from '../../core/study.ts';
import { rounded } from './distribution.ts';
import type { FindingPicture, LabelPicture } from './eda-data.ts';
import { type Association, association, clusteredProportion } from './proportions.ts';

const NO_FINDING = 'No Finding';

export function labelPicture(studies: readonly Study[], findings: readonly string[]): LabelPicture {
  const columns = new Map(findings.map((finding) => [finding, presentColumn(studies, finding)]));
  const pictures = findings.map((finding) => findingPicture(studies, finding, columns.get(finding)!));
  const associated = pictures.filter(({ present }) => present > 0).map(({ finding }) => finding);
  const perStudy: number[] = [];
  studies.forEach((_, row) => {
    const found = associated.filter((finding) => finding !== NO_FINDING && columns.get(finding)![row] === 1).length;
    while (perStudy.length <= found) perStudy.push(0);
    perStudy[found]!++;
  });
  const matrix = associated.map((a) => associated.map((b) => associationOf(columns.get(a)!, columns.get(b)!)));
  return { findings: pictures, perStudy, associated, association: matrix };
}

function presentColumn(studies: readonly Study[], finding: string): Uint8Array {
  return Uint8Array.from(studies, ({ labels }) => Number(labels[finding] === 'present'));
}

function findingPicture(studies: readonly Study[], finding: string, present: Uint8Array): FindingPicture {
  const counts = { present: 0, uncertain: 0, absent: 0, unmentioned: 0 };
  for (const { labels } of studies) counts[labels[finding] ?? 'unmentioned']++;
  const mentioned = studies.filter(({ labels }) => (labels[finding] ?? 'unmentioned') !== 'unmentioned');
  return {
    finding,
    ...counts,
    prevalence: clusteredProportion(
      present,
      studies.map(({ patientId }) => patientId),
    ),
    uncertainty: clusteredProportion(
      mentioned.map(({ labels }) => Number(labels[finding] === 'uncertain')),
      mentioned.map(({ patientId }) => patientId),
    ),
    imbalance: counts.present === 0 ? null : rounded((studies.length - counts.present) / counts.present),
  };
}

function associationOf(a: Uint8Array, b: Uint8Array): Association {
  const cells: [number, number, number, number] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) cells[3 - 2 * a[i]! - b[i]!]!++;
  const { both, phi, oddsRatio } = association(cells);
  return { both, phi: phi === null ? null : rounded(phi), oddsRatio: oddsRatio === null ? null : rounded(oddsRatio) };
}
