/** `medvlm label` on small tables: values, columns, spans, refusals, and that no text of a report leaves it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LabelOutcome, type LabelRequest, labelFile } from '../../src/app/label.ts';
import { DataError } from '../../src/core/errors.ts';
import { nodeContext } from '../context.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'medvlm-label-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(file(name), 'utf8').trimEnd().split('\r\n');

async function label(table: string, request: Partial<LabelRequest>): Promise<LabelOutcome> {
  writeFileSync(file('reports.csv'), table);
  const plain = { wholeReports: false, hierarchy: false, explain: false, idColumn: 'id', textColumns: ['t'] };
  return labelFile({ file: file('reports.csv'), out: file('labels.csv'), ...plain, ...request }, nodeContext(folder));
}

const TABLE = `study;"findings";impression
a;"Zebra word. No pneumothorax,
but edema.";Possible effusion.
"b,1";;Normal chest.
c;;
`;

const COLUMNS = { idColumn: 'study', textColumns: ['findings', 'impression'] };

test("CheXpert's columns and values, by id, in order", async () => {
  const outcome = await label(TABLE, COLUMNS);
  expect(read('labels.csv')).toEqual([
    'study,No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,Lung Lesion,Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,Fracture,Support Devices',
    'a,,,,,,1,,,,0,-1,,,',
    '"b,1",1,,,,,,,,,,,,,',
    'c,,,,,,,,,,,,,,',
  ]);
  expect(outcome).toMatchObject({ labeler: 'medvlm-rules@1', reports: 3, withoutText: 1, leftOut: 0 });
  expect(outcome.findings[5]).toEqual({ finding: 'Edema', present: 1, absent: 0, uncertain: 0 });
  expect(existsSync(file('labels.mentions.csv'))).toBe(false);
});

test('mentions are places in the text, never the text', async () => {
  const outcome = await label(TABLE, { ...COLUMNS, explain: true });
  expect(read('labels.mentions.csv')).toEqual([
    'study,observation,state,start,end,trigger_start,trigger_end',
    'a,Pneumothorax,absent,15,27,12,14',
    'a,Edema,present,33,38,,',
    'a,Pleural Effusion,uncertain,50,58,41,49',
  ]);
  const written = `${JSON.stringify(outcome)}${read('labels.csv').join()}${read('labels.mentions.csv').join()}`;
  expect(written).not.toMatch(/zebra|possible/i);
  expect(outcome.files).toEqual([file('labels.csv'), file('labels.mentions.csv')]);
});

test('of a whole report only findings and impression are labeled', async () => {
  const table = 'id,report\n1,"HISTORY: Pneumothorax.\nFINDINGS: No effusion.\nIMPRESSION: Edema."\n';
  await label(table, { textColumns: ['report'], wholeReports: true, hierarchy: true });
  expect(read('labels.csv')[1]).toBe('1,,,,1,,1,,,,,0,,,');
});

test.each([
  ['a column that is not there', TABLE, { idColumn: 'study', textColumns: ['finding'] }, /lacks a column/],
  ['an id that occurs twice', 'id,t\n1,a\n1,b\n', {}, /occurs twice/],
  ['quotes that do not close', 'id,t\n1,"zebra\n', {}, /closed quotes/],
  ['no table', '', {}, /table is empty/],
])('%s is refused, nothing is written, and no text is quoted', async (_, table, request, message) => {
  const failure = await label(table, request).catch((cause: unknown) => cause);
  expect(failure).toBeInstanceOf(DataError);
  expect((failure as Error).message).toMatch(message);
  expect((failure as Error).message).not.toMatch(/zebra/i);
  expect(existsSync(file('labels.csv'))).toBe(false);
});
