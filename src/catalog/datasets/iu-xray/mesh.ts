/** Labels of an Indiana study from its MeSH codes. Codes are given by trained indexers and name positives only. */
import { CHEXPERT_FINDINGS, type LabelState } from '../../../core/study.ts';
import { MESH_RULES, type MeshRule, NEUTRAL_CODES, OTHER_ABNORMALITIES } from './mesh-terms.ts';

export interface MeshLabels {
  readonly labels: Readonly<Record<string, LabelState>>;
  /** False where nobody indexed the report: every finding is then uncertain. */
  readonly indexed: boolean;
  /** Headings that the mapping has not decided; they count as abnormal. */
  readonly unknown: readonly string[];
}

interface Code {
  readonly heading: string;
  readonly qualifiers: ReadonlySet<string>;
}

const rules = byHeading(MESH_RULES);
const neutral = byHeading(NEUTRAL_CODES);
const abnormal = new Set(OTHER_ABNORMALITIES.map((heading) => heading.toLowerCase()));

function byHeading<Entry extends { readonly heading: string }>(
  entries: readonly Entry[],
): ReadonlyMap<string, Entry[]> {
  const table = new Map<string, Entry[]>();
  for (const entry of entries) {
    const heading = entry.heading.toLowerCase();
    table.set(heading, [...(table.get(heading) ?? []), entry]);
  }
  return table;
}

function parseCode(text: string): Code {
  const [heading = '', ...qualifiers] = text.split('/').map((part) => part.trim().toLowerCase());
  return { heading, qualifiers: new Set(qualifiers) };
}

function fits(rule: Omit<MeshRule, 'findings'>, { qualifiers }: Code): boolean {
  const has = (qualifier: string) => qualifiers.has(qualifier);
  return (rule.anyOf?.some(has) ?? true) && (rule.allOf?.every(has) ?? true) && !(rule.noneOf?.some(has) ?? false);
}

/**
 * `normal` alone makes No Finding present and every other finding absent. Otherwise a finding with a code is present
 * (uncertain where `borderline`), a finding without a code is unmentioned, and No Finding is absent as soon as one code is
 * abnormal; a study with nothing but devices, technique and normal variants leaves No Finding uncertain.
 * `No Indexing` and no code at all say nothing, which is not the same as saying no: every finding is uncertain.
 */
export function meshLabels(texts: readonly string[]): MeshLabels {
  const codes = texts.map(parseCode).filter(({ heading }) => heading !== '' && heading !== 'no indexing');
  if (codes.length === 0) return { labels: everyFinding('uncertain'), indexed: false, unknown: [] };
  const positives = codes.filter(({ heading }) => heading !== 'normal');
  if (positives.length === 0)
    return { labels: { ...everyFinding('absent'), 'No Finding': 'present' }, indexed: true, unknown: [] };
  const labels: Record<string, LabelState> = {};
  for (const code of positives) addFindings(code, labels);
  const unknown = positives.filter((code) => !isDecided(code)).map(({ heading }) => heading);
  labels['No Finding'] = isAbnormal(positives, labels) ? 'absent' : 'uncertain';
  return { labels, indexed: true, unknown: [...new Set(unknown)] };
}

function everyFinding(state: LabelState): Record<string, LabelState> {
  return Object.fromEntries(CHEXPERT_FINDINGS.map((finding) => [finding, state]));
}

function addFindings(code: Code, labels: Record<string, LabelState>): void {
  const state = code.qualifiers.has('borderline') ? 'uncertain' : 'present';
  for (const rule of rules.get(code.heading) ?? [])
    if (fits(rule, code))
      for (const finding of rule.findings) if (labels[finding] !== 'present') labels[finding] = state;
}

function isDecided({ heading }: Code): boolean {
  return rules.has(heading) || neutral.has(heading) || abnormal.has(heading);
}

function isAbnormal(codes: readonly Code[], labels: Readonly<Record<string, LabelState>>): boolean {
  const diseases = Object.entries(labels).filter(([finding]) => finding !== 'Support Devices');
  return diseases.some(([, state]) => state === 'present') || codes.some(isOtherAbnormality);
}

/** Neither a finding nor neutral: a listed abnormality, an unknown heading, or a mapped heading with other qualifiers. */
function isOtherAbnormality(code: Code): boolean {
  if (neutral.get(code.heading)?.some((entry) => fits(entry, code))) return false;
  return !rules.get(code.heading)?.some((rule) => fits(rule, code));
}
