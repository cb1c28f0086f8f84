/** Sections from free text: headings in all their spellings, none at all, addenda, and texts made to be slow. All texts are made up. */
import { describe, expect, test } from 'vitest';
import { reportOf, splitSections } from '../../../src/lib/text/free-text-sections.ts';

const WRAPPED = `                                 FINAL REPORT
 EXAMINATION:  CHEST (PA AND LAT)

 INDICATION:  ___F with new onset cough  // eval for
 pneumonia

 TECHNIQUE:  Chest PA and lateral

 COMPARISON:  ___

 FINDINGS:

 Cardiac size is normal.  The lungs
 are clear.

 There is no effusion.

 IMPRESSION:

 No acute process.
`;

test('a report as hospitals write them: wrapped lines are joined, paragraphs stay', () => {
  expect(splitSections(WRAPPED)).toEqual({
    sections: {
      indication: '___F with new onset cough // eval for pneumonia',
      findings: 'Cardiac size is normal. The lungs are clear.\nThere is no effusion.',
      impression: 'No acute process.',
    },
    faults: [{ section: 'comparison', fault: 'redacted' }],
  });
});

describe('spellings', () => {
  test.each([
    ['FINDINGS: Clear lungs.', 'findings'],
    ['Findings: Clear lungs.', 'findings'],
    ['findings: Clear lungs.', 'findings'],
    ['FINDING: Clear lungs.', 'findings'],
    ['FINDNGS: Clear lungs.', 'findings'],
    ['FINDIGNS: Clear lungs.', 'findings'],
    ['CHEST, TWO VIEWS: Clear lungs.', 'findings'],
    ['PA AND LATERAL VIEWS OF THE CHEST: Clear lungs.', 'findings'],
    ['PORTABLE AP CHEST RADIOGRAPH: Clear lungs.', 'findings'],
    ['FINDINGS\nClear lungs.', 'findings'],
    ['Findings\n\nClear lungs.', 'findings'],
    ['  FINDINGS :  Clear lungs.', 'findings'],
    ['IMPRESSION: Clear lungs.', 'impression'],
    ['IMPRESSION:\n Clear lungs.', 'impression'],
    ['IMPRESSION - \nClear lungs.', 'impression'],
    ['IMPRESSOIN: Clear lungs.', 'impression'],
    ['IMPERSSION: Clear lungs.', 'impression'],
    ['MPRESSION: Clear lungs.', 'impression'],
    ['CONCLUSION: Clear lungs.', 'impression'],
    ['Conclusions: Clear lungs.', 'impression'],
    ['FINDINGS AND IMPRESSION: Clear lungs.', 'impression'],
    ['FINDINGS/IMPRESSION: Clear lungs.', 'impression'],
    ['FINDINGS/ IMPRESSION:  Clear lungs.', 'impression'],
    ['Findings & Impression: Clear lungs.', 'impression'],
    ['OPINION: Clear lungs.', 'impression'],
    ['REASON FOR EXAM: Clear lungs.', 'indication'],
    ['Reason for exam: Clear lungs.', 'indication'],
    ['REASON FOR EXAMINATION: Clear lungs.', 'indication'],
    ['CLINICAL INDICATION: Clear lungs.', 'indication'],
    ['IDICATION: Clear lungs.', 'indication'],
    ['NDICATION: Clear lungs.', 'indication'],
    ['CLINICAL HISTORY: Clear lungs.', 'history'],
    ['CLINICAL INFORMATION: Clear lungs.', 'history'],
    ['History: Clear lungs.', 'history'],
    ['COMPARISONS: Clear lungs.', 'comparison'],
    ['COMPARISION: Clear lungs.', 'comparison'],
    ['REFERENCE EXAM: Clear lungs.', 'comparison'],
    ['ADDENDUM: Clear lungs.', 'addendum'],
  ])('%j', (text, section) => {
    expect(splitSections(text).sections).toEqual({ [section]: 'Clear lungs.' });
  });
});

test('headings inside one line', () => {
  const text =
    'INDICATION: Cough. COMPARISON: None. FINDINGS: Heart size: normal. Lungs are clear. IMPRESSION: No acute process.';
  expect(splitSections(text)).toEqual({
    sections: {
      indication: 'Cough.',
      comparison: 'None.',
      findings: 'Heart size: normal. Lungs are clear.',
      impression: 'No acute process.',
    },
    faults: [],
  });
});

test('a heading in capitals after a section that ends without a stop', () => {
  const text = 'INDICATION: Positive test COMPARISON: None FINDINGS: Clear IMPRESSION: Normal chest';
  expect(splitSections(text).sections).toEqual({
    indication: 'Positive test',
    comparison: 'None',
    findings: 'Clear',
    impression: 'Normal chest',
  });
});

test('an unknown heading stays inside its section, a known one that nobody needs is left out', () => {
  const text =
    'FINDINGS:\nLUNGS: Clear.\nHEART: Normal.\nRECOMMENDATION(S): CT of the abdomen.\nIMPRESSION: Normal.\nDICTATED BY: ___';
  expect(splitSections(text).sections).toEqual({ findings: 'LUNGS: Clear. HEART: Normal.', impression: 'Normal.' });
});

test('the title of the examination opens no findings of its own', () => {
  const text = ' CHEST, PA AND LATERAL:\n\n INDICATION: Pain.\n\n FINDINGS: Clear.\n IMPRESSION: Normal.';
  expect(splitSections(text)).toEqual({
    sections: { indication: 'Pain.', findings: 'Clear.', impression: 'Normal.' },
    faults: [],
  });
});

test('the words of a heading inside a sentence are no heading', () => {
  const text = 'FINDINGS: The overall impression is that of edema. In comparison to the prior study: no change.';
  expect(splitSections(text).sections).toEqual({
    findings: 'The overall impression is that of edema. In comparison to the prior study: no change.',
  });
});

test('a repeated heading: the texts are joined and it is said', () => {
  expect(splitSections('IMPRESSION: One.\nFINDINGS: Two.\nIMPRESSION: Three.')).toEqual({
    sections: { findings: 'Two.', impression: 'One.\nThree.' },
    faults: [{ section: 'impression', fault: 'repeated heading' }],
  });
});

describe('without a heading of findings or impression', () => {
  test('what follows the first paragraph of the last heading is taken', () => {
    expect(splitSections(' FINAL REPORT\n HISTORY:  Chest pain.\n \n The lungs are clear.\n\n No effusion.')).toEqual({
      sections: { findings: 'The lungs are clear.\nNo effusion.', history: 'Chest pain.' },
      faults: [{ section: 'findings', fault: 'no heading' }],
    });
  });
  test('a title in front is left out, a sentence is not', () => {
    expect(splitSections('CHEST RADIOGRAPH\n\nThe lungs are clear.').sections).toEqual({
      findings: 'The lungs are clear.',
    });
    expect(splitSections('The lungs are clear.\n\nNo effusion.').sections).toEqual({
      findings: 'The lungs are clear.\nNo effusion.',
    });
  });
  test('a preliminary reading is used only where there is nothing else', () => {
    expect(splitSections('WET READ: ___ 5:20 PM\n No pneumothorax.')).toEqual({
      sections: { findings: '___ 5:20 PM No pneumothorax.' },
      faults: [{ section: 'findings', fault: 'wet read only' }],
    });
    expect(splitSections('WET READ: Edema.\n______\n FINAL REPORT\n FINDINGS: Clear.').sections).toEqual({
      findings: 'Clear.',
    });
  });
  test('nothing at all', () => {
    for (const text of ['', '   \n ', 'INDICATION: Cough.'])
      expect(splitSections(text).faults).toContainEqual({
        section: 'findings',
        fault: 'neither findings nor impression',
      });
  });
});

test('an addendum ends at the rule before the report proper', () => {
  const text =
    ' ADDENDUM  \n\n Correction: the line is on the left.\n ______________\n FINAL REPORT\n FINDINGS: A line.\n IMPRESSION: Line.';
  expect(splitSections(text).sections).toEqual({
    addendum: 'Correction: the line is on the left.',
    findings: 'A line.',
    impression: 'Line.',
  });
});

test('de-identification alone is no text, inside a text it stays', () => {
  expect(splitSections('COMPARISON: ___.\nFINDINGS: Compared with ___, no change.\nIMPRESSION: XXXX.')).toEqual({
    sections: { findings: 'Compared with ___, no change.' },
    faults: [
      { section: 'impression', fault: 'redacted' },
      { section: 'comparison', fault: 'redacted' },
    ],
  });
});

test('Windows line ends and Open-i sections', () => {
  expect(splitSections('FINDINGS:\r\nClear.\r\n\r\nIMPRESSION:\r\nNormal.').sections).toEqual({
    findings: 'Clear.',
    impression: 'Normal.',
  });
});

test('a study takes the history where there is no indication, and no addendum', () => {
  const split = splitSections('ADDENDUM: More.\nHISTORY: Cough.\nFINDINGS: Clear.');
  expect(reportOf(split)).toEqual({ indication: 'Cough.', findings: 'Clear.' });
  expect(reportOf(splitSections('HISTORY: Cough.\nINDICATION: Fever.\nFINDINGS: Clear.'))).toEqual({
    indication: 'Fever.',
    findings: 'Clear.',
  });
});

describe('a megabyte of nonsense takes less than a second', () => {
  test.each([
    ['colons', ':'],
    ['short headings', 'a:'],
    ['headings', 'FINDINGS: x\n'],
    ['headings in a line', '. FINDINGS: '],
    ['capitals', 'A'],
    ['capitals and spaces', 'A '],
    ['spaces', ' '],
    ['newlines', '\n'],
    ['underscores', '_'],
    ['rules', '_____\n'],
    ['stops', '. '],
    ['blanks before a colon', `${' '.repeat(59)}:`],
    ['long lines', `${'FINDINGS '.repeat(8)}:`],
  ])('%s', (_, unit) => {
    const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
    const started = process.cpuUsage();
    splitSections(text);
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1e6).toBeLessThan(1);
  });
});
