/** Audit of a dataset: all rules over studies, images, reports and splits, as one document for programs and people. */
import { mayShow } from '../../core/data-use.ts';
import type { AccessTier, DataProblem, DatasetDefinition, OpenDataset, Part } from '../../core/dataset.ts';
import type { LabelState } from '../../core/study.ts';
import { type AuditedImage, type AuditedSplit, imageContents, imageIssues, leaks } from './image-rules.ts';
import { type Found, found, ISSUES, type IssueCode, type Severity } from './issues.ts';
import { similarReports } from './similar-reports.ts';
import { studyIssues } from './study-rules.ts';

export interface AuditRequest {
  readonly definition: Pick<DatasetDefinition, 'name' | 'version' | 'tier' | 'findings'>;
  readonly opened: Pick<OpenDataset, 'studies' | 'digest' | 'problems'>;
  readonly images: readonly AuditedImage[];
  /** Image files below the root that no study lists, relative. */
  readonly strayFiles: readonly string[];
  readonly splits: readonly AuditedSplit[];
  /** Whether ids may be told: by default those of open data alone. */
  readonly showIds?: boolean;
}

export interface AuditIssue {
  readonly code: IssueCode;
  readonly severity: Severity;
  readonly meaning: string;
  /** Name of the split that a leak is about. */
  readonly split?: string;
  readonly count: number;
  /** Ids, sorted; absent where they may not be told. */
  readonly items?: readonly string[];
}

export interface Audit {
  readonly schema: 'medvlm-audit@1';
  readonly name: string;
  readonly version: string;
  readonly tier: AccessTier;
  readonly digest: string;
  readonly patients: number;
  readonly studies: number;
  readonly images: number;
  readonly missingImages: number;
  /** Images that were decoded; 0 where nobody asked. */
  readonly decodedImages: number;
  readonly findings: readonly ({ readonly finding: string } & Readonly<Record<LabelState, number>>)[];
  readonly splits: Readonly<Record<string, { readonly digest: string } & Readonly<Partial<Record<Part, number>>>>>;
  /** True where an issue is a leak. */
  readonly leakage: boolean;
  /** Gravest first, then by code. */
  readonly issues: readonly AuditIssue[];
  /** As the release's reader met them; without ids where they may not be told. */
  readonly problems: readonly DataProblem[];
}

const GRAVITY: readonly Severity[] = ['leakage', 'error', 'warning', 'note'];

/** Ids are told of open data, or where the caller says so. Texts and pixels never are. */
export function audit(request: AuditRequest): Audit {
  const { definition, opened, images, splits } = request;
  const { name, version, tier } = definition;
  const showIds = request.showIds ?? mayShow(tier, 'ids');
  const issues = allFound(request).map((entry) => issueOf(entry, showIds));
  return {
    schema: 'medvlm-audit@1',
    name,
    version,
    tier,
    digest: opened.digest,
    patients: new Set(opened.studies.map(({ patientId }) => patientId)).size,
    studies: opened.studies.length,
    images: images.length,
    missingImages: images.filter(({ outcome }) => outcome.state === 'missing').length,
    decodedImages: images.filter(({ outcome }) => outcome.state === 'decoded').length,
    findings: labelCounts(request),
    splits: Object.fromEntries(splits.map((split) => [split.name, { digest: split.digest, ...partSizes(split) }])),
    leakage: issues.some(({ severity }) => severity === 'leakage'),
    issues: issues.sort(
      (a, b) =>
        GRAVITY.indexOf(a.severity) - GRAVITY.indexOf(b.severity) || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0),
    ),
    problems: showIds ? opened.problems : withoutIds(opened.problems),
  };
}

function allFound({ definition, opened, images, strayFiles, splits }: AuditRequest): readonly Found[] {
  const { studies, problems } = opened;
  const contents = imageContents(images);
  const texts = similarReports(studies);
  const ids = (indices: readonly number[]) => indices.map((index) => studies[index]!.id);
  return [
    ...splits.flatMap((split) => leaks(split, studies, { images, contents })),
    ...imageIssues(studies, images, contents),
    ...found('image-without-study', strayFiles),
    ...studyIssues(studies, definition.findings),
    ...found('report-identical', ids(texts.identical)),
    ...found('report-near-identical', ids(texts.nearIdentical)),
    ...found(
      'release-problem',
      problems.map(({ item, problem }) => `${item}: ${problem}`),
    ),
  ];
}

function issueOf({ code, items, split }: Found, showIds: boolean): AuditIssue {
  const [severity, meaning] = ISSUES[code];
  return {
    code,
    severity,
    meaning,
    ...(split === undefined ? {} : { split }),
    count: items.length,
    ...(showIds ? { items } : {}),
  };
}

function labelCounts({ definition, opened }: AuditRequest): Audit['findings'] {
  return definition.findings.map((finding) => {
    const counts = { present: 0, uncertain: 0, absent: 0, unmentioned: 0 };
    for (const { labels } of opened.studies) {
      const state = labels[finding] ?? 'unmentioned';
      if (Object.hasOwn(counts, state)) counts[state]++;
    }
    return { finding, ...counts };
  });
}

function partSizes({ parts }: AuditedSplit): Partial<Record<Part, number>> {
  const sizes: Partial<Record<Part, number>> = {};
  for (const part of parts) sizes[part] = (sizes[part] ?? 0) + 1;
  return sizes;
}

/** Items go, and numbers of five or more digits within the sentences, which could be ids. */
function withoutIds(problems: readonly DataProblem[]): readonly DataProblem[] {
  return problems.map(({ problem }) => ({
    item: '(not shown)',
    problem: problem.replace(/[\w-]*\d{5,}[\w.-]*/g, '…'),
  }));
}
