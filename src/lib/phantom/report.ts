/** Writes the report of a phantom study: indication, comparison, findings, impression; true to what the study is known to show. */
import { type Rng, rng } from '../../core/rng.ts';
import type { ReportSections } from '../../core/study.ts';
import type { Body, Condition } from './condition.ts';
import { describe, type Words } from './description.ts';
import { INDICATIONS, NEGATIVES, NORMAL_SUMMARY, STOCK_NORMAL } from './normal-phrases.ts';
import { DEVICE_PHRASES, DEVICE_SUMMARY, INCIDENTAL_PHRASES, PHRASES } from './phrases.ts';
import { type PhantomPatient, pick } from './population.ts';
import type { Finding, Incidental, Truth } from './truth.ts';

export interface ReportRequest {
  readonly patient: PhantomPatient;
  readonly body: Body;
  readonly condition: Condition;
  readonly truth: Truth;
  readonly incidental: readonly Incidental[];
  readonly earlier: Condition | undefined;
  readonly lateral: boolean;
  readonly key: string;
}

/** All sections are there; the order and choice of sentences vary from reader to reader. */
export function writeReport(request: ReportRequest): Required<ReportSections> {
  const random = rng(request.patient.seed, 'phantom report', request.key);
  const words = describe(request.condition, request.body, random);
  const say = (templates: readonly string[]) => expand(pick(random, templates), words, random);
  return {
    indication: capitalise(say(INDICATIONS)),
    comparison: comparisonOf(request, random),
    findings: findingsOf(request, say, random),
    impression: impressionOf(request, say, random),
  };
}

type Say = (templates: readonly string[]) => string;

/** Order in which an impression names findings: what matters first. */
// biome-ignore format: a list to be read across
const DESCRIBED: readonly Finding[] = [
  'Pneumothorax', 'Consolidation', 'Pneumonia', 'Edema', 'Pleural Effusion', 'Lung Lesion', 'Enlarged Cardiomediastinum',
  'Cardiomegaly', 'Atelectasis', 'Fracture', 'Pleural Other',
];

function findingsOf(request: ReportRequest, say: Say, random: Rng): string {
  const { truth, condition, incidental } = request;
  if (truth['No Finding'] === 'present' && condition.devices.length === 0 && random.next() < 0.4) {
    return pick(random, STOCK_NORMAL);
  }
  const devices = condition.devices.map((device) => say(DEVICE_PHRASES[device]));
  const positives = DESCRIBED.filter((finding) => truth[finding] !== 'absent' && finding !== 'Pneumonia').map(
    (finding) => {
      const said = say(PHRASES[finding]![truth[finding] === 'present' ? 'present' : 'uncertain']);
      if (finding !== 'Consolidation' || truth.Pneumonia === 'absent') return said;
      return `${said} ${say(PHRASES.Pneumonia![truth.Pneumonia === 'present' ? 'present' : 'uncertain'])}`;
    },
  );
  const extras = incidental.map((one) => say(INCIDENTAL_PHRASES[one]));
  const negatives = negativesOf(truth, say, random);
  const [first, second] =
    random.next() < 0.5 ? [positives, negatives] : [shuffled([...positives, ...negatives], random), []];
  const body = [...first, ...second, ...extras];
  return (random.next() < 0.5 ? [...devices, ...body] : [...body, ...devices]).map(capitalise).join(' ');
}

/** Denies a choice of the absent findings; never twice the same, and some go unmentioned. */
function negativesOf(truth: Truth, say: Say, random: Rng): string[] {
  const said = new Set<Finding>();
  const sentences: string[] = [];
  for (const { denies, texts } of NEGATIVES) {
    if (denies.some((finding) => truth[finding] !== 'absent')) continue;
    if (denies.every((finding) => said.has(finding))) continue;
    if (denies.some((finding) => said.has(finding)) || random.next() < 0.22) continue;
    for (const finding of denies) said.add(finding);
    sentences.push(say(texts));
  }
  return random.next() < 0.5 ? sentences : shuffled(sentences, random);
}

function impressionOf({ truth, condition, incidental }: ReportRequest, say: Say, random: Rng): string {
  const named = DESCRIBED.filter((finding) => truth[finding] !== 'absent');
  const lines = named
    .filter((finding) => finding !== 'Consolidation' || truth.Pneumonia !== 'present' || random.next() < 0.3)
    .map((finding) => say(PHRASES[finding]![truth[finding] === 'present' ? 'summary' : 'summaryUncertain']));
  if (condition.devices.length > 0 && random.next() < 0.5) lines.push(say(DEVICE_SUMMARY));
  if (named.length === 0) lines.unshift(say(NORMAL_SUMMARY));
  if (incidental.length > 0 && random.next() < 0.3) lines.push(say(INCIDENTAL_PHRASES[incidental[0]!]));
  const written = lines.map(capitalise);
  return written.length === 1 ? written[0]! : written.map((line, i) => `${i + 1}. ${line}`).join(' ');
}

function comparisonOf({ patient, earlier, lateral, key }: ReportRequest, random: Rng): string {
  if (earlier === undefined) return pick(random, ['None.', 'None available.', 'No prior studies.', 'None.']);
  const visit = Number(key.split('/')[1]);
  const months = Math.max(1, Math.round(12 * (patient.visits[visit]! - patient.visits[visit - 1]!)));
  const film = lateral ? pick(random, ['PA and lateral chest', 'Chest radiographs']) : 'Chest radiograph';
  return `${film} ${months === 1 ? 'one month' : `${months} months`} earlier.`;
}

/** Puts words in and takes one of each choice. Choices are not nested. */
export function expand(template: string, words: Words, random: Rng): string {
  const chosen = template.replace(/\[([^\]]*)\]/g, (_, options: string) => pick(random, options.split('|')));
  const filled = chosen.replace(/\{(\w+)\}/g, (_, name: string) => wordOf(words, name));
  return filled
    .replace(/\s+/g, ' ')
    .replace(/\ba ([aeiou])/g, 'an $1')
    .trim();
}

function wordOf(words: Words, name: string): string {
  const lower = name[0]!.toLowerCase() + name.slice(1);
  const word = words[lower];
  if (word === undefined) throw new Error(`no word for {${name}}`);
  return lower === name ? word : capitalise(word);
}

function capitalise(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function shuffled<Value>(values: readonly Value[], random: Rng): Value[] {
  const out = [...values];
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
