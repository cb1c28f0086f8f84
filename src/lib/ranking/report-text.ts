/** The text of a report that retrieval works with. */
import type { ReportSections } from '../../core/study.ts';

export type TextField = 'findings' | 'impression' | 'findings-else-impression';

/** De-identification puts `XXXX` for removed words: a text of nothing else says nothing. */
function isUsable(text: string): boolean {
  return /\p{L}/u.test(text.replace(/\bX{3,}\b/g, ' '));
}

function section(text: string | undefined): string | undefined {
  const collapsed = text?.replace(/\s+/g, ' ').trim() ?? '';
  return isUsable(collapsed) ? collapsed : undefined;
}

/** The chosen section with white space collapsed; undefined where it is empty, or nothing but removed words. */
export function reportText(report: ReportSections, field: TextField): string | undefined {
  if (field === 'impression') return section(report.impression);
  const findings = section(report.findings);
  return field === 'findings' ? findings : (findings ?? section(report.impression));
}
