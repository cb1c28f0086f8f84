/** Protocol strings (`;`-joined `key=value`) taken apart and put in words. */

/** What each key of a protocol means, for a reader who never saw one. */
const MEANINGS: Readonly<Record<string, string>> = {
  task: 'Task and its version',
  split: 'Split and part that was judged',
  prompts: 'Prompt set (versioned texts of the classes)',
  'prompt-sample': 'How many of each class’s texts were drawn, and by which seed',
  score: 'How the texts of a class become its score, where that is not the softmax over a pair',
  labels: 'Label policy: what “uncertain” and “unmentioned” count as',
  positive: 'Class that counts as positive',
  threshold: 'Threshold policy, and the part it was chosen on (never the one that is judged)',
  views: 'Views that enter',
  unit: 'What a row is: an image or a study',
  macro: 'Findings in the mean, each counted alike',
  micro: 'Findings whose rows are pooled',
  text: 'Section of the report that is embedded',
  pool: 'Part whose items are searched',
  duplicates: 'Identical reports: how many, and what became of them',
  excluded: 'Studies without an image or a text, left out of the pool',
  candidates: 'Size of the pool',
  relevance: 'What counts as a correct answer',
  ties: 'Rank of equal similarities',
  bootstrap: 'Interval: replicates and unit of resampling',
  ensemble: 'How checkpoints of an ensemble are joined',
  seed: 'Seed',
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
