/** `medvlm datasets check`: whether a release on disk is whole and its splits are honest. Exit 3 where a split leaks. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { DataError } from '../../../core/errors.ts';
import { auditDataset } from '../../../engine/audit-dataset.ts';
import { isManifest } from '../../../engine/resolve-split.ts';
import type { Audit, AuditIssue } from '../../../lib/audit/audit.ts';
import { collect, openEnvironment, printJson, printLines } from '../environment.ts';
import { table } from '../table.ts';
import { chosenFolder, openRelease } from './open-release.ts';
import { partCounts } from './split-counts.ts';

interface Flags {
  readonly root?: string;
  readonly split?: string;
  readonly images?: boolean;
  readonly showIds?: boolean;
  readonly option?: string[];
  readonly json?: boolean;
}

export function addCheck(datasets: Command): void {
  datasets
    .command('check')
    .description(
      'audits a release on disk: counts, problems, impossible values, copies, leakage between parts (exit 3)',
    )
    .argument('<name>', 'as in medvlm datasets list')
    .argument('[folder]', 'the release as unpacked; phantom needs none')
    .option('--root <folder>', 'the same as [folder]')
    .option('--split <name>', 'only this split, or a manifest of ids (default: all of the dataset)')
    .option('--images', 'decode every image: finds corrupt ones, copies and lookalikes; continues where it was stopped')
    .option('--show-ids', 'tell ids although the data is not open')
    .option('--option <key=value>', 'option of the dataset; repeatable', collect)
    .option('--json', 'one JSON document on stdout')
    .action(async (name: string, folder: string | undefined, flags: Flags) => {
      const audit = await check(name, chosenFolder(folder, flags.root), flags);
      if (flags.json) printJson(audit);
      else printLines(checkLines(audit));
      if (audit.leakage) throw leakageError(audit);
    });
}

async function check(name: string, folder: string | undefined, flags: Flags): Promise<Audit> {
  const { context } = openEnvironment();
  const release = await openRelease(name, { folder, options: flags.option ?? [] }, context);
  const { split } = flags;
  const request = {
    ...release,
    decodeImages: flags.images ?? false,
    ...(split === undefined ? {} : { split: isManifest(split) ? resolve(split) : split }),
    ...(flags.showIds ? { showIds: true } : {}),
  };
  return auditDataset(request, context);
}

function leakageError({ issues, name }: Audit): DataError {
  const told = issues.filter(({ severity }) => severity === 'leakage').map(({ code, split }) => `${code} in ${split}`);
  return new DataError(
    `${name} leaks: expected each patient and image in one part of a split, got ${told.join(', ')}`,
    'scores on such a split are too good: use another split, or exclude what is listed',
  );
}

const SHOWN_ITEMS = 5;
const SHOWN_PROBLEMS = 10;

function checkLines(audit: Audit): string[] {
  const { findings, splits, issues, problems } = audit;
  const rows = findings.map((row) =>
    [row.finding, row.present, row.uncertain, row.absent, row.unmentioned].map((cell) => String(cell)),
  );
  const hidden = problems.length - SHOWN_PROBLEMS;
  return [
    `${audit.name}: ${audit.patients} patients, ${audit.studies} studies, ${audit.images} images (${audit.missingImages} missing, ${decodedText(audit)})`,
    ...Object.entries(splits).map(
      ([name, { digest, ...parts }]) => `split ${name}: ${partCounts(parts)} (digest ${digest})`,
    ),
    ...table(['finding', 'present', 'uncertain', 'absent', 'unmentioned'], rows),
    `issues: ${issues.length === 0 ? 'none' : issues.length}`,
    ...issues.flatMap(issueLines),
    `problems: ${problems.length}`,
    ...problems.slice(0, SHOWN_PROBLEMS).map(({ item, problem }) => `  ${item}: ${problem}`),
    ...(hidden > 0 ? [`  … and ${hidden} more (--json lists all)`] : []),
  ];
}

function decodedText({ decodedImages, images }: Audit): string {
  if (decodedImages === 0 && images > 0) return 'not decoded: see --images';
  return `${decodedImages} decoded`;
}

function issueLines({ code, severity, meaning, count, items, split }: AuditIssue): string[] {
  const where = split === undefined ? '' : ` ${split}`;
  const line = `  ${severity.toUpperCase()} ${code}${where}: ${count} ${meaning}`;
  if (items === undefined || code === 'release-problem') return [line];
  const rest = items.length - SHOWN_ITEMS;
  return [line, `      ${items.slice(0, SHOWN_ITEMS).join(', ')}${rest > 0 ? `, … ${rest} more` : ''}`];
}
