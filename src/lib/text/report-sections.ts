/** Sections of a radiology report as a release gives them: trimmed, and absent where nothing readable is left. */
import type { ReportSections } from '../../core/study.ts';

export const SECTION_NAMES = ['indication', 'comparison', 'findings', 'impression'] as const;
export type SectionName = (typeof SECTION_NAMES)[number];

/** Why a section of a release was treated as absent. An empty section is no fault and has no reason. */
export type SectionFault = 'redacted' | 'spreadsheet error';

export interface ReadSections {
  readonly report: ReportSections;
  readonly faults: readonly { readonly section: SectionName; readonly fault: SectionFault }[];
}

/**
 * Trims each section. A section without any letter or digit but the de-identification token `XXXX` is absent, and so is one
 * that a spreadsheet overwrote with an error such as `#NAME?` (a text that began with `+` or `-`). `XXXX` inside a text stays.
 */
export function readSections(raw: Readonly<Partial<Record<SectionName, string>>>): ReadSections {
  const report: { -readonly [Name in SectionName]?: string } = {};
  const faults: { section: SectionName; fault: SectionFault }[] = [];
  for (const section of SECTION_NAMES) {
    const text = raw[section]?.trim() ?? '';
    const fault = sectionFault(text);
    if (fault) faults.push({ section, fault });
    else if (/[\p{L}\p{N}]/u.test(text)) report[section] = text;
  }
  return { report, faults };
}

function sectionFault(text: string): SectionFault | undefined {
  if (/^#(NAME\?|VALUE!|REF!|DIV\/0!|NULL!|NUM!|N\/A)$/.test(text)) return 'spreadsheet error';
  if (!/X{3,}/.test(text)) return undefined;
  return /[\p{L}\p{N}]/u.test(text.replace(/X{3,}/g, '')) ? undefined : 'redacted';
}
