/** What is true of a phantom study, in CheXpert's findings, and what its report leaves uncertain. */
import { type Rng, rng } from '../../core/rng.ts';
import { CHEXPERT_FINDINGS, type LabelState } from '../../core/study.ts';
import type { Body, Condition } from './condition.ts';

export type Finding = (typeof CHEXPERT_FINDINGS)[number];
export type Truth = Readonly<Record<Finding, LabelState>>;

/** Abnormalities outside the 14 findings that a report may mention. */
export type Incidental = 'granuloma' | 'scoliosis' | 'spondylosis' | 'tortuous aorta' | 'hyperinflation';

/** Findings that are drawn. Lung Opacity, Pneumonia and No Finding follow from them. */
export function drawnFindings(condition: Condition): ReadonlySet<Finding> {
  const drawn = new Set<Finding>();
  const add = (finding: Finding, there: boolean) => there && drawn.add(finding);
  add('Cardiomegaly', condition.cardiomegaly !== undefined);
  add('Enlarged Cardiomediastinum', condition.wideMediastinum !== undefined);
  add('Edema', condition.edema !== undefined);
  add('Consolidation', condition.consolidations.length > 0);
  add('Atelectasis', condition.atelectases.length > 0);
  add('Lung Lesion', condition.lesions.length > 0);
  add('Pneumothorax', condition.pneumothorax !== undefined);
  add('Pleural Effusion', condition.effusions.length > 0);
  add('Pleural Other', condition.pleuralThickening !== undefined);
  add('Fracture', condition.fractures.length > 0);
  add('Support Devices', condition.devices.length > 0);
  return drawn;
}

const OPACITIES: readonly Finding[] = ['Edema', 'Consolidation', 'Atelectasis', 'Lung Lesion'];

/** How often a reader hedges: where a faint finding is there, and where nothing is. */
const HEDGED: readonly (readonly [finding: Finding, faint: number, nothing: number])[] = [
  ['Cardiomegaly', 0.3, 0.012],
  ['Edema', 0.3, 0.01],
  ['Consolidation', 0.2, 0.012],
  ['Atelectasis', 0.2, 0.015],
  ['Pleural Effusion', 0.25, 0.02],
  ['Lung Lesion', 0.2, 0.006],
];

/** @param key names the study's own stream of randomness. */
export function truthOf(
  condition: Condition,
  incidental: readonly Incidental[],
  study: { seed: number; key: string },
): Truth {
  const random = rng(study.seed, 'phantom reading', study.key);
  const drawn = drawnFindings(condition);
  const truth = Object.fromEntries(
    CHEXPERT_FINDINGS.map((one) => [one, drawn.has(one) ? 'present' : 'absent']),
  ) as Record<Finding, LabelState>;
  for (const [finding, faint, nothing] of HEDGED) {
    const chance = drawn.has(finding) ? (isFaint(condition, finding) ? faint : 0) : nothing;
    if (random.next() < chance) truth[finding] = 'uncertain';
  }
  truth.Pneumonia = pneumoniaOf(truth.Consolidation, random);
  truth['Lung Opacity'] = strongest(OPACITIES.map((one) => truth[one]));
  const abnormal = CHEXPERT_FINDINGS.some(
    (one) => one !== 'Support Devices' && one !== 'No Finding' && truth[one] !== 'absent',
  );
  truth['No Finding'] = abnormal || incidental.length > 0 ? 'absent' : 'present';
  return truth;
}

function isFaint(condition: Condition, finding: Finding): boolean {
  const most = (list: readonly { severity: number }[]) => Math.max(0, ...list.map((one) => one.severity));
  if (finding === 'Cardiomegaly') return condition.cardiomegaly! < 0.3;
  if (finding === 'Edema') return condition.edema! < 0.3;
  if (finding === 'Consolidation') return most(condition.consolidations) < 0.35;
  if (finding === 'Atelectasis') return most(condition.atelectases) < 0.35;
  if (finding === 'Pleural Effusion') return most(condition.effusions) < 0.12;
  return finding === 'Lung Lesion' && condition.lesions.every((one) => one.radius < 0.9);
}

/** A reader calls most consolidations pneumonia, or asks whether they are. */
function pneumoniaOf(consolidation: LabelState, random: Rng): LabelState {
  const share = random.next();
  if (consolidation === 'absent') return 'absent';
  if (consolidation === 'uncertain') return share < 0.5 ? 'uncertain' : 'absent';
  return share < 0.5 ? 'present' : share < 0.8 ? 'uncertain' : 'absent';
}

function strongest(states: readonly LabelState[]): LabelState {
  return states.includes('present') ? 'present' : states.includes('uncertain') ? 'uncertain' : 'absent';
}

/** What a reader cares to mention of a body. */
export function incidentalOf(body: Body, study: { seed: number; key: string }): readonly Incidental[] {
  const random = rng(study.seed, 'phantom incidental', study.key);
  const found: Incidental[] = [];
  const add = (name: Incidental, chance: number) => random.next() < chance && found.push(name);
  add('granuloma', body.granuloma === undefined ? 0 : 0.8);
  add('scoliosis', Math.abs(body.scoliosis) > 1 ? 0.9 : 0);
  add('spondylosis', body.ageYears > 60 ? 0.14 : 0);
  add('tortuous aorta', body.aortaUnfolding > 0.55 ? 0.28 : 0);
  add('hyperinflation', body.hyperinflation > 0 ? 0.9 : 0);
  return found;
}
