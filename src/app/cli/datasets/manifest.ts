/** `medvlm datasets manifest`: a named split as a table of ids, for others who hold the data. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { mayShow } from '../../../core/data-use.ts';
import { resolveSplit } from '../../../engine/resolve-split.ts';
import { writeManifest } from '../../../lib/split-manifest.ts';
import { collect, openEnvironment, printJson, printLines } from '../environment.ts';
import { chosenFolder, openRelease } from './open-release.ts';
import { partCounts } from './split-counts.ts';

interface Flags {
  readonly root?: string;
  readonly split?: string;
  readonly option?: string[];
  readonly out: string;
  readonly json?: boolean;
}

export function addManifest(datasets: Command): void {
  datasets
    .command('manifest')
    .description('writes a split as study ids with their parts (hashed ids where the data is not open)')
    .argument('<name>', 'as in medvlm datasets list')
    .argument('[folder]', 'the release as unpacked; phantom needs none')
    .option('--root <folder>', 'the same as [folder]')
    .option('--split <name>', "name of the split (default: the dataset's first)")
    .option('--option <key=value>', 'option of the dataset; repeatable', collect)
    .option('--out <file>', 'where the manifest goes', 'split.csv')
    .option('--json', 'one JSON document on stdout')
    .action(async (name: string, folder: string | undefined, flags: Flags) => {
      const outcome = await manifest(name, chosenFolder(folder, flags.root), flags);
      if (flags.json) printJson(outcome);
      else
        printLines([
          `split ${outcome.split}, digest ${outcome.digest}: ${partCounts(outcome.parts)}`,
          ...(outcome.hashedIds ? [`ids are hashed: ${name} is not open data`] : []),
          `written: ${outcome.file}`,
          `in a suite: split: ${flags.out}`,
        ]);
    });
}

async function manifest(name: string, folder: string | undefined, flags: Flags) {
  const { context } = openEnvironment();
  const { definition, opened } = await openRelease(name, { folder, options: flags.option ?? [] }, context);
  const split = await resolveSplit(definition, opened, { name: flags.split ?? definition.splits[0]!, context });
  const tier = opened.tier ?? definition.tier;
  const file = resolve(flags.out);
  await context.files.write(file, writeManifest(opened.studies, split.parts, { dataset: name, tier }));
  const parts: Record<string, number> = {};
  for (const part of split.parts) parts[part] = (parts[part] ?? 0) + 1;
  return { dataset: name, split: split.name, digest: split.digest, parts, hashedIds: !mayShow(tier, 'ids'), file };
}
