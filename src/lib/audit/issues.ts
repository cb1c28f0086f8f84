/** What an audit can find: a stable code, how grave it is, and what it means. */

export type Severity = 'leakage' | 'error' | 'warning' | 'note';

/** Code to severity and meaning. A code is never reused for another meaning. */
export const ISSUES = {
  'split-patient-leak': ['leakage', 'patients in two parts of a split'],
  'split-image-leak': ['leakage', 'images whose file has a copy in another part of a split'],
  'split-similar-image-leak': ['leakage', 'images that look the same as one in another part of a split'],
  'image-missing': ['warning', 'images that are listed but not on disk'],
  'image-empty': ['error', 'image files of 0 bytes'],
  'image-corrupt': ['error', 'image files that cannot be decoded'],
  'image-unreadable': ['error', 'image files that cannot be read'],
  'image-without-study': ['warning', 'image files that no study lists'],
  'study-without-image': ['warning', 'studies without an image on disk'],
  'study-duplicate': ['warning', 'studies with the same image files as another study'],
  'image-duplicate': ['warning', 'images whose file has a copy under the same patient'],
  'image-duplicate-across-patients': ['error', 'images whose file has a copy under another patient'],
  'image-similar': ['note', 'images that look the same as another of the same patient'],
  'image-similar-across-patients': ['warning', 'images that look the same as one of another patient'],
  'report-missing': ['note', 'studies without findings and impression'],
  'report-identical': ['note', 'reports with the same text as another (normal findings are often boilerplate)'],
  'report-near-identical': ['note', 'further reports that share at least 90 % of their word triples with another'],
  'age-impossible': ['error', 'studies with an age below 0 or above 120 years'],
  'date-impossible': ['warning', 'studies with a date before 1900 or after 2300'],
  'sex-contradicts': ['warning', 'patients who are female in one study and male in another'],
  'view-unknown': ['note', 'images whose view is unknown'],
  'label-undeclared': ['error', 'studies with a label of a finding that the dataset does not declare'],
  'label-invalid': ['error', 'studies with a label other than present, absent, uncertain or unmentioned'],
  'label-contradicts': ['warning', 'studies that are No Finding and have a finding at once'],
  'release-problem': ['warning', 'problems met while the release was read'],
} as const satisfies Readonly<Record<string, readonly [Severity, string]>>;

export type IssueCode = keyof typeof ISSUES;

/** What a rule found: ids (or relative paths) of the items concerned, each once, sorted. */
export interface Found {
  readonly code: IssueCode;
  readonly items: readonly string[];
  /** Split that a leak is about. */
  readonly split?: string;
}

export function found(code: IssueCode, items: Iterable<string>, split?: string): readonly Found[] {
  const unique = [...new Set(items)].sort();
  return unique.length === 0 ? [] : [{ code, items: unique, ...(split === undefined ? {} : { split }) }];
}
