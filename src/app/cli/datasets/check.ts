/** `medvlm datasets check`: whether a release on disk is whole. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { catalog } from '../../../catalog/index.ts';
import type { DatasetDefinition, OpenDataset } from '../../../core/dataset.ts';
import { parseOptions, pick } from '../../../engine/suite-file.ts';
import { openEnvironment, printJson, printLines } from '../environment.ts';
import { table } from '../table.ts';

export function addCheck(datasets: Command): void {
  datasets
    .command('check')
    .description('reads a release on disk and reports its counts and problems')
    .argument('<name>', 'as in medvlm datasets list')
    .argument('[folder]', 'the release as unpacked; phantom needs none')
    .option('--json', 'one JSON document on stdout')
    .action(async (name: string, folder: string | undefined, options: { json?: boolean }) => {
      const definition = pick('dataset', name, catalog.datasets);
      const { context } = openEnvironment();
      const defaults = parseOptions('dataset', name, definition.options, {});
      const opened = await definition.open(folder && resolve(folder), defaults, context);
      const report = await checkReport(definition, opened, (path) => context.files.exists(path));
      if (options.json) printJson(report);
      else printLines(checkLines(report));
    });
}

async function checkReport(
  definition: DatasetDefinition,
  opened: OpenDataset,
  exists: (path: string) => Promise<boolean>,
) {
  const images = opened.studies.flatMap((study) => study.images);
  const present = await Promise.all(images.map((image) => exists(image.path)));
  const states = definition.findings.map((finding) => {
    const count = (state: string) =>
      opened.studies.filter((study) => (study.labels[finding] ?? 'unmentioned') === state).length;
    return {
      finding,
      present: count('present'),
      uncertain: count('uncertain'),
      absent: count('absent'),
      unmentioned: count('unmentioned'),
    };
  });
  return {
    name: definition.name,
    version: definition.version,
    digest: opened.digest,
    patients: new Set(opened.studies.map((study) => study.patientId)).size,
    studies: opened.studies.length,
    images: images.length,
    missingImages: present.filter((isThere) => !isThere).length,
    findings: states,
    splits: Object.fromEntries(splitSizes(definition, opened)),
    problems: opened.problems,
  };
}

function splitSizes(definition: DatasetDefinition, opened: OpenDataset) {
  return definition.splits.flatMap((split) => {
    try {
      const sizes: Record<string, number> = {};
      for (const part of opened.split(split)) sizes[part] = (sizes[part] ?? 0) + 1;
      return [[split, sizes] as const];
    } catch {
      return []; // a split whose lists are not in this release
    }
  });
}

type CheckReport = Awaited<ReturnType<typeof checkReport>>;

const SHOWN_PROBLEMS = 10;

function checkLines(report: CheckReport): string[] {
  const splits = Object.entries(report.splits).map(
    ([name, sizes]) =>
      `split ${name}: ${Object.entries(sizes)
        .map(([part, size]) => `${part} ${size}`)
        .join(', ')}`,
  );
  const rows = report.findings.map((row) => [
    row.finding,
    String(row.present),
    String(row.uncertain),
    String(row.absent),
    String(row.unmentioned),
  ]);
  const hidden = report.problems.length - SHOWN_PROBLEMS;
  return [
    `${report.name}: ${report.patients} patients, ${report.studies} studies, ${report.images} images (${report.missingImages} missing)`,
    ...splits,
    ...table(['finding', 'present', 'uncertain', 'absent', 'unmentioned'], rows),
    `problems: ${report.problems.length}`,
    ...report.problems.slice(0, SHOWN_PROBLEMS).map(({ item, problem }) => `  ${item}: ${problem}`),
    ...(hidden > 0 ? [`  … and ${hidden} more (--json lists all)`] : []),
  ];
}
