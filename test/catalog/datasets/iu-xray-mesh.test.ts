/** The MeSH mapping: codes to labels, and the vocabulary lists against each other. */
import { expect, test } from 'vitest';
import { meshLabels } from '../../../src/catalog/datasets/iu-xray/mesh.ts';
import { MESH_RULES, NEUTRAL_CODES, OTHER_ABNORMALITIES } from '../../../src/catalog/datasets/iu-xray/mesh-terms.ts';
import { CHEXPERT_FINDINGS } from '../../../src/core/study.ts';

const present = (...codes: string[]) => {
  const { labels } = meshLabels(codes);
  return Object.keys(labels).filter((finding) => labels[finding] === 'present');
};

test.each([
  ['Opacity/lung/base/left', ['Lung Opacity']],
  ['Opacity/lung/upper lobe/right/round', ['Lung Opacity', 'Lung Lesion']],
  ['Opacity/ribs/left/round', []],
  ['Density/thorax/round/multiple', []],
  ['Density/retrocardiac', ['Lung Opacity']],
  ['Markings/bronchovascular', []],
  ['Markings/lung/interstitial/chronic', ['Lung Opacity']],
  ['Thickening/pleura/apex/bilateral', ['Pleural Other']],
  ['Thickening/bronchi', ['Lung Opacity']],
  ['Cicatrix/pleura/right', ['Pleural Other']],
  ['Cicatrix/lung/apex/right', ['Lung Opacity']],
  ['Nodule/lung/lingula', ['Lung Lesion']],
  ['Mass/breast/large', []],
  ['Hydropneumothorax/right', ['Pneumothorax', 'Pleural Effusion']],
  ['Mediastinum/prominent/mild', ['Enlarged Cardiomediastinum']],
  ['Mediastinum/lymph nodes/enlarged', []],
  ['Cardiac Shadow/enlarged/mild', ['Cardiomegaly']],
  ['Cardiac Shadow/obscured/severe', []],
  ['Pulmonary Congestion', ['Edema']],
  ['Costophrenic Angle/left/blunted', []],
  ['Catheters, Indwelling/right', ['Support Devices']],
  ['Surgical Instruments/mediastinum', []],
  ['fractures, bone/Ribs /left/healed', ['Fracture']],
])('%s', (code, findings) => {
  expect(present(code)).toEqual(findings);
});

test('borderline is uncertain, and a plain code beside it wins', () => {
  expect(meshLabels(['Cardiomegaly/borderline']).labels).toEqual({
    Cardiomegaly: 'uncertain',
    'No Finding': 'uncertain',
  });
  expect(meshLabels(['Cardiac Shadow/enlarged', 'Cardiomegaly/borderline']).labels.Cardiomegaly).toBe('present');
  expect(meshLabels(['Cardiomegaly/borderline', 'Cardiac Shadow/enlarged']).labels.Cardiomegaly).toBe('present');
});

test('normal alone denies every finding; no code and No Indexing deny none', () => {
  const { labels } = meshLabels(['normal']);
  expect(Object.keys(labels)).toHaveLength(14);
  expect(CHEXPERT_FINDINGS.filter((finding) => labels[finding] !== 'absent')).toEqual(['No Finding']);
  for (const codes of [['No Indexing'], [''], []]) {
    expect(meshLabels(codes).indexed).toBe(false);
    expect(new Set(Object.values(meshLabels(codes).labels))).toEqual(new Set(['uncertain']));
  }
});

test('No Finding: abnormal codes deny it; devices, technique and variants leave it open', () => {
  expect(meshLabels(['Scoliosis/mild']).labels).toEqual({ 'No Finding': 'absent' });
  expect(meshLabels(['Lung/hyperdistention']).labels).toEqual({ 'No Finding': 'absent' });
  expect(meshLabels(['Lung/hypoinflation', 'Sutures']).labels).toEqual({ 'No Finding': 'uncertain' });
  expect(meshLabels(['Stents']).labels).toEqual({ 'Support Devices': 'present', 'No Finding': 'uncertain' });
});

test('an unknown heading is told, once', () => {
  expect(meshLabels(['Dextrocardia', 'Dextrocardia/mild']).unknown).toEqual(['dextrocardia']);
});

test('every finding can be reached, and no heading is decided in two lists', () => {
  const reached = new Set<string>(MESH_RULES.flatMap(({ findings }) => findings));
  expect(CHEXPERT_FINDINGS.filter((finding) => !reached.has(finding))).toEqual(['No Finding']);
  const other = new Set(OTHER_ABNORMALITIES);
  const decided = [...MESH_RULES, ...NEUTRAL_CODES].map(({ heading }) => heading);
  expect(decided.filter((heading) => other.has(heading))).toEqual([]);
  expect(other.size).toBe(OTHER_ABNORMALITIES.length);
});
