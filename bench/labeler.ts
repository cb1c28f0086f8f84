/**
 * The finding labeler on real Indiana reports: F1 against the indexers' codes and against sentences read by a person, and
 * reports per second on one core.
 * usage: npm run bench -- labeler --data FOLDER   (indiana_reports.csv and indiana_projections.csv)
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { LabelState } from '../src/core/study.ts';
import { describeMachine } from '../src/engine/machine.ts';
import { explain, LABELER, type Labels, labelReport } from '../src/lib/labeler/labeler.ts';
import {
  countOf,
  countPresence,
  f1,
  type IndexedReport,
  indexedReports,
  macroF1,
  type ReadSentence,
  scoreFindings,
  sentencePairs,
  UNCERTAIN,
} from '../test/lib/labeler/evaluation.ts';

const { values } = parseArgs({ options: { data: { type: 'string' } } });
if (!values.data) {
  process.stderr.write('usage: npm run bench -- labeler --data FOLDER\n');
  process.exit(2);
}
/** Findings with at least 30 positives that are named, not anatomy that is normal or not: ConText knows no "normal". */
const NAMED: ReadonlySet<string> = new Set([
  'Lung Opacity',
  'Lung Lesion',
  'Edema',
  'Pneumonia',
  'Atelectasis',
  'Pleural Effusion',
  'Pleural Other',
  'Fracture',
  'Support Devices',
]);
const LETTERS: Readonly<Record<string, LabelState>> = {
  '-': 'unmentioned',
  '0': 'absent',
  u: 'uncertain',
  '1': 'present',
};

const golden = (name: string) => JSON.parse(readFileSync(`test/golden/labeler/${name}`, 'utf8'));
const { processor, node } = describeMachine();
const reports = await indexedReports(values.data);
const halves: readonly (readonly [string, readonly IndexedReport[]])[] = [
  ['all', reports],
  ['development half', reports.filter(({ isDevelopment }) => isDevelopment)],
  ['held-out half', reports.filter(({ isDevelopment }) => !isDevelopment)],
];
const lines = [
  `${LABELER}, ${processor}, Node ${node}`,
  '',
  ...presence(),
  '',
  ...sentences(),
  '',
  ...context(),
  '',
  ...speed(),
];
process.stdout.write(`${lines.join('\n')}\n`);

/** Markdown rows. */
function row(cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => (typeof cell === 'number' ? decimal(cell) : cell)).join(' | ')} |`;
}

function decimal(value: number): string {
  return Number.isNaN(value) ? 'n/a' : value.toFixed(3);
}

function presence(): string[] {
  const scores = halves.map(([, part]) => scoreFindings(part));
  const [all] = scores;
  const frequent = all!.filter(({ positives }) => positives >= 30).map(({ finding }) => finding);
  const header = ['finding', 'positives', ...halves.map(([name]) => name), 'uncertain absent', 'uncertain present'];
  const rows = all!.map(({ finding, positives, f1: of }, index) => [
    finding,
    String(positives),
    ...scores.map((part) => part[index]!.f1['left out']),
    of.absent,
    of.present,
  ]);
  const macro = UNCERTAIN.map((meaning) => macroF1(all!, meaning, frequent));
  const means = scores.map((part) => macroF1(part, 'left out', frequent));
  return [
    `presence against MeSH codes, F1 (${halves.map(([name, part]) => `${name} ${part.length}`).join(', ')})`,
    row(header),
    row(header.map(() => '---')),
    ...rows.map(row),
    row([`macro of the ${frequent.length} with at least 30 positives`, '', ...means, macro[1]!, macro[2]!]),
  ];
}

function sentences(): string[] {
  const all = sentencePairs((golden('sentences.json') as { sentences: readonly ReadSentence[] }).sentences, reports);
  const findings = [...new Set(all.map(({ finding }) => finding))];
  const questions: readonly (readonly [string, (state: LabelState) => boolean])[] = [
    ['mention', (state) => state !== 'unmentioned'],
    ['present', (state) => state === 'present'],
    ['negation', (state) => state === 'absent'],
    ['uncertainty', (state) => state === 'uncertain'],
  ];
  const scoresOf = (name: string, part: typeof all) => {
    const pairs = part.map(({ pair }) => pair);
    const right = pairs.filter(([gold, found]) => gold === found).length;
    return row([name, ...questions.map(([, is]) => f1(countOf(pairs, is))), `${right} of ${pairs.length}`]);
  };
  const header = ['finding', ...questions.map(([name]) => name), 'same state'];
  return [
    'held-out sentences read by a person, F1',
    row(header),
    row(header.map(() => '---')),
    ...findings.map((finding) =>
      scoresOf(
        finding,
        all.filter((one) => one.finding === finding),
      ),
    ),
    scoresOf('all', all),
  ];
}

/** Agreement with ConText, on what it calls denied, and presence by either against the indexers. */
function context(): string[] {
  const { findings, states } = golden('context.json') as { findings: (keyof Labels)[]; states: Record<string, string> };
  const part = reports.filter(({ uid }) => states[uid]);
  const labeled = part.map(({ uid, text, gold }) => ({ theirs: states[uid]!, ours: labelReport(text), gold }));
  const rows = findings.map((finding, index) => {
    const mentions = labeled.filter(({ theirs }) => theirs[index] !== '-');
    const both = mentions.filter(({ ours }) => ours[finding] !== 'unmentioned');
    const denied = mentions.filter(({ theirs }) => theirs[index] === '0');
    const agreed = denied.filter(({ ours }) => ours[finding] === 'absent');
    return [finding, `${both.length} of ${mentions.length}`, `${agreed.length} of ${denied.length}`];
  });
  const named = findings.filter((finding) => NAMED.has(finding));
  const presenceOf = (state: (row: (typeof labeled)[number], finding: keyof Labels) => LabelState) => {
    const scores = named.map((finding) => {
      const pairs = labeled.map((one) => [one.gold[finding] ?? 'unmentioned', state(one, finding)] as const);
      return f1(countPresence(pairs, 'left out'));
    });
    return decimal(scores.reduce((sum, score) => sum + score, 0) / scores.length);
  };
  const theirs = presenceOf((one, finding) => LETTERS[one.theirs[findings.indexOf(finding)]!]!);
  const ours = presenceOf((one, finding) => one.ours[finding]);
  const header = ['finding', 'mentioned here too', 'denied here too'];
  return [
    "held-out half, CheXpert's phrases with medspaCy's ConText",
    row(header),
    row(header.map(() => '---')),
    ...rows.map(row),
    `presence of ${named.length} named findings against MeSH codes, macro F1: ${theirs} with ConText, ${ours} by the rules`,
  ];
}

/** Processor time of this process, so that other work on the machine does not count. */
function speed(): string[] {
  const texts = reports.map(({ text }) => text);
  const characters = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  const rates = (label: (text: string) => unknown) =>
    Array.from({ length: 12 }, () => {
      const started = process.cpuUsage();
      for (const text of texts) label(text);
      const { user, system } = process.cpuUsage(started);
      return texts.length / ((user + system) / 1e6);
    })
      .slice(2)
      .sort((a, b) => a - b);
  const middle = (sorted: readonly number[]) => Math.round(sorted[sorted.length >> 1]!).toLocaleString('en');
  const [labels, mentions] = [rates(labelReport), rates(explain)];
  return [
    `${texts.length} reports of ${Math.round(characters)} characters on average, one core, processor time, median of 10 after 2`,
    `labelReport ${middle(labels)} reports a second (${Math.round(labels[0]!).toLocaleString('en')} at worst)`,
    `explain ${middle(mentions)} reports a second`,
  ];
}
