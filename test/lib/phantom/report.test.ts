/** Reports say what is true: every finding that is there is said, none that is not, and normal reports recur. */
import { describe, expect, test } from 'vitest';
import { rng } from '../../../src/core/rng.ts';
import { NEGATIVES, STOCK_NORMAL } from '../../../src/lib/phantom/normal-phrases.ts';
import { meshCodes, openIXml, SYNTHETIC_NOTICE } from '../../../src/lib/phantom/open-i-xml.ts';
import { PHRASES } from '../../../src/lib/phantom/phrases.ts';
import { expand } from '../../../src/lib/phantom/report.ts';
import { phantomStudies } from '../../../src/lib/phantom/study.ts';
import type { Finding } from '../../../src/lib/phantom/truth.ts';

const studies = Array.from({ length: 700 }, (_, index) => phantomStudies(21, index)).flat();

/** Words that speak of a finding, written for this test and not taken from the templates. */
const MENTIONS: Readonly<Partial<Record<Finding, RegExp>>> = {
  Cardiomegaly:
    /cardiomegaly|enlarged heart|(heart|silhouette) (size )?(is |may be )?(\w+ )?enlarged|borderline heart|upper limits of normal/i,
  Edema: /edema|vascular congestion|congestion cannot|vascular indistinctness/i,
  Consolidation: /consolidation|airspace|density in the .*lobe|opacity (in|within) the .*(lobe|lingula)/i,
  Pneumonia: /pneumonia/i,
  Atelectasis: /atelectasis/i,
  'Lung Lesion': /nodul|\bmass\b|lesion|rounded opacity|round opacity/i,
  Pneumothorax: /pneumothorax/i,
  'Pleural Effusion': /effusion/i,
  'Pleural Other': /pleural thickening/i,
  Fracture: /fracture/i,
  'Enlarged Cardiomediastinum':
    /widen|enlarge\w* of the (upper|superior)? ?mediastin|enlarged (upper |superior )?mediastin|mediastinum (is|may be) (\w+ )?widened/i,
};

const NEGATED = /^(there is )?no\b|\bwithout\b|\bnot enlarged\b|not pneumonia/i;
const sentencesOf = (text: string) => text.split(/(?<=[.;])\s+/).filter((sentence) => sentence.length > 2);

describe('reports', () => {
  test('no sentence affirms or suspects an absent finding', () => {
    for (const { truth, report, uid } of studies) {
      for (const sentence of [...sentencesOf(report.findings), ...sentencesOf(report.impression)]) {
        if (NEGATED.test(sentence)) continue;
        for (const [finding, mention] of Object.entries(MENTIONS) as [Finding, RegExp][]) {
          const excused = finding === 'Consolidation' && truth.Pneumonia !== 'absent';
          const hedged = finding === 'Pleural Effusion' && truth['Pleural Other'] !== 'absent';
          if (truth[finding] !== 'absent' || excused || hedged || !mention.test(sentence)) continue;
          expect.fail(`${uid}: "${sentence}" speaks of ${finding}`);
        }
      }
    }
  });

  test('every present finding is said, and what is uncertain is hedged', () => {
    const hedge = /may|possible|possibly|cannot be excluded|versus|questionable|borderline|consideration/i;
    for (const { truth, report, uid } of studies) {
      const text = `${report.findings} ${report.impression}`;
      for (const [finding, mention] of Object.entries(MENTIONS) as [Finding, RegExp][]) {
        if (truth[finding] === 'absent') continue;
        expect(mention.test(text), `${uid} ${finding}: ${text}`).toBe(true);
        if (truth[finding] === 'uncertain') expect(hedge.test(text), `${uid} ${finding}: ${text}`).toBe(true);
      }
    }
  });

  test('all sections are there, no template is left open, sentences are well formed', () => {
    for (const { report } of studies) {
      for (const text of Object.values(report)) {
        expect(text.length).toBeGreaterThan(3);
        expect(text).not.toMatch(/[{}[\]|]|undefined|NaN|\s\.|\.\.|\s{2}|\ba [aeiou]/);
        expect(text).toMatch(/^[A-Z0-9].*\.$/s);
      }
    }
  });

  test('abnormal reports differ, some normal ones are the same word for word', () => {
    const ill = studies.filter(({ truth }) => truth['No Finding'] === 'absent').map(({ report }) => report.findings);
    const well = studies.filter(({ truth }) => truth['No Finding'] === 'present').map(({ report }) => report.findings);
    expect(new Set(ill).size / ill.length).toBeGreaterThan(0.95);
    expect(new Set(well).size / well.length).toBeLessThan(0.8);
    expect(new Set(well).size).toBeGreaterThan(STOCK_NORMAL.length);
  });

  test('negations are common: most reports deny something', () => {
    const denying = studies.filter(({ report }) => /\bno\b/i.test(report.findings)).length;
    expect(denying / studies.length).toBeGreaterThan(0.7);
    for (const { denies } of NEGATIVES) expect(denies.every((finding) => finding !== 'No Finding')).toBe(true);
  });

  test('described findings have phrases for each state', () => {
    for (const phrases of Object.values(PHRASES)) {
      for (const list of Object.values(phrases)) expect(list.length).toBeGreaterThan(0);
    }
  });
});

describe('templates', () => {
  test('choices are taken, words put in and capitalised, articles fitted', () => {
    const random = rng(1, 'test');
    expect(expand('[A|A] {size} thing.', { size: 'small' }, random)).toBe('A small thing.');
    expect(expand('There is a {size} one[|].', { size: 'odd' }, random)).toBe('There is an odd one.');
    expect(expand('{Size} one.', { size: 'small' }, random)).toBe('Small one.');
    expect(() => expand('{missing}', {}, random)).toThrow(/missing/);
  });
});

describe('XML', () => {
  test('says that it is synthetic, carries all sections and images', () => {
    const study = studies.find(({ views }) => views.length === 2)!;
    const xml = openIXml(study);
    expect(xml.match(/synthetic/gi)!.length).toBeGreaterThan(5);
    expect(xml).toContain(SYNTHETIC_NOTICE);
    expect(xml.match(/<AbstractText Label="(COMPARISON|INDICATION|FINDINGS|IMPRESSION)">/g)).toHaveLength(4);
    expect(xml.match(/<parentImage id="CXR\d+_IM-\d{4}-[12]001">/g)).toHaveLength(2);
  });

  test('codes are normal alone, or one per finding', () => {
    for (const study of studies) {
      const codes = meshCodes(study);
      if (study.truth['No Finding'] === 'present' && study.condition.devices.length === 0)
        expect(codes).toEqual(['normal']);
      else expect(codes).not.toContain('normal');
      if (study.truth['Pleural Effusion'] === 'uncertain')
        expect(codes.join()).toMatch(/Pleural Effusion\S*\/borderline/);
    }
  });
});
