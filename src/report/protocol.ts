/** Protocol strings (`;`-joined `key=value`) taken apart and put in words. */

/** What each key of a protocol means, for a reader who never saw one. */
const MEANINGS: Readonly<Record<string, string>> = {
  split: 'Split and part that was judged',
  prompts: 'Prompt set (versioned texts of the classes)',
  labels: 'Label policy (what “uncertain” and “unmentioned” count as)',
  threshold: 'Threshold policy (never chosen on the part that is judged)',
  thresholds: 'Threshold policy (never chosen on the part that is judged)',
  bootstrap: 'Bootstrap of the interval',
  interval: 'Method of the interval',
  unit: 'What is judged: one row per image or per study',
  level: 'What is judged: one row per image or per study',
  view: 'Views that enter',
  views: 'Views that enter',
  aggregate: 'How several images of a study become one score',
  average: 'How findings are averaged',
  findings: 'Findings in the mean',
  set: 'Findings in the mean',
  relevance: 'What counts as a correct answer',
  pool: 'Candidates that are searched',
  duplicates: 'How identical reports are counted',
  text: 'Section of the report that is embedded',
  field: 'Section of the report that is embedded',
  direction: 'Direction of the search',
  ensemble: 'How checkpoints of an ensemble are joined',
  score: 'How embeddings become a score',
  temperature: 'Temperature of the softmax',
  metric: 'Metric and its version',
  task: 'Task and its version',
  seed: 'Seed',
  preprocessing: 'Image preprocessing',
};

export interface ProtocolPart {
  readonly key: string;
  readonly value: string;
  readonly meaning: string;
}

/** Parts in order. A part without `=` keeps its text as the value of an empty key. */
export function protocolParts(protocol: string): readonly ProtocolPart[] {
  return protocol
    .split(';')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const at = part.indexOf('=');
      const key = at < 0 ? '' : part.slice(0, at).trim();
      return { key, value: part.slice(at + 1).trim(), meaning: MEANINGS[key] ?? '' };
    });
}

/** Value of one key, or undefined. */
export function protocolValue(protocol: string, key: string): string | undefined {
  return protocolParts(protocol).find((part) => part.key === key)?.value;
}
