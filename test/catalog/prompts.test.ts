/** Prompt sets cover the findings they are used for. */
import { describe, expect, test } from 'vitest';
import { CHEXPERT_FINDINGS } from '../../src/core/study.ts';
import { promptSets } from '../toy-dataset.ts';

/** Label names of ChestX-ray14 as its table writes them. */
const NIH = ['Atelectasis', 'Cardiomegaly', 'Consolidation', 'Edema', 'Effusion', 'Emphysema', 'Fibrosis', 'Hernia'];
const NIH_OTHERS = ['Infiltration', 'Mass', 'No Finding', 'Nodule', 'Pleural_Thickening', 'Pneumonia', 'Pneumothorax'];
const FINDINGS = [...CHEXPERT_FINDINGS, ...NIH, ...NIH_OTHERS, 'Pleural Thickening'];

describe.each(['chexzero-pair@1', 'radiologist-ensemble@1'])('%s', (name) => {
  const { prompts } = promptSets.get(name)!;

  test('has texts of both signs for every finding of CheXpert and ChestX-ray14', () => {
    for (const finding of FINDINGS) {
      expect(prompts[finding]?.positive.length, finding).toBeGreaterThan(0);
      expect(prompts[finding]?.negative.length, finding).toBeGreaterThan(0);
    }
  });

  test('no text stands on both sides of a finding, and none twice', () => {
    for (const { positive, negative } of Object.values(prompts)) {
      const texts = [...positive, ...negative];
      expect(new Set(texts).size).toBe(texts.length);
    }
  });
});

test("CheXzero's published pairs are kept word for word, the inverted one too", () => {
  const { prompts } = promptSets.get('chexzero-pair@1')!;
  for (const name of CHEXPERT_FINDINGS) expect(prompts[name]).toEqual({ positive: [name], negative: [`no ${name}`] });
  expect(prompts['No Finding']!.negative).toEqual(['no No Finding']);
});

test('each view is the negative of the other', () => {
  const { frontal, lateral } = promptSets.get('view-pair@1')!.prompts;
  expect(frontal!.positive).toEqual(lateral!.negative);
  expect(frontal!.negative).toEqual(lateral!.positive);
});
