/** The 14 findings of ChestX-ray14 and the names that they have here. */
import type { LabelState } from '../../../core/study.ts';

/** Name and version of this mapping: bump it when a line changes. */
export const NIH_MAPPING = 'nih14-names@1';

/**
 * Name in the release to name here: CheXpert's where both mean the same, the release's own otherwise. Order of reports.
 * `Effusion` is pleural by definition of the release (Wang et al. 2017, doi:10.1109/CVPR.2017.369). `Infiltration`, `Mass` and
 * `Nodule` are narrower than Lung Opacity and Lung Lesion, `Pleural_Thickening` than Pleural Other, so they keep their names.
 */
export const NIH_FINDINGS: Readonly<Record<string, string>> = {
  'No Finding': 'No Finding',
  Cardiomegaly: 'Cardiomegaly',
  Edema: 'Edema',
  Consolidation: 'Consolidation',
  Pneumonia: 'Pneumonia',
  Atelectasis: 'Atelectasis',
  Pneumothorax: 'Pneumothorax',
  Effusion: 'Pleural Effusion',
  Infiltration: 'Infiltration',
  Mass: 'Mass',
  Nodule: 'Nodule',
  Emphysema: 'Emphysema',
  Fibrosis: 'Fibrosis',
  Pleural_Thickening: 'Pleural Thickening',
  Hernia: 'Hernia',
};

export interface NihLabels {
  readonly labels: Readonly<Record<string, LabelState>>;
  /** Names that the release does not define. */
  readonly unknown: readonly string[];
}

/** Labels of one row, `|`-joined. The release's text miner looked for all 14 in each report: what it does not list is absent. */
export function nihLabels(cell: string): NihLabels {
  const labels: Record<string, LabelState> = {};
  for (const finding of Object.values(NIH_FINDINGS)) labels[finding] = 'absent';
  const unknown: string[] = [];
  for (const name of cell.split('|').map((part) => part.trim())) {
    const finding = Object.hasOwn(NIH_FINDINGS, name) ? NIH_FINDINGS[name] : undefined;
    if (finding === undefined) unknown.push(name);
    else labels[finding] = 'present';
  }
  return { labels, unknown };
}
