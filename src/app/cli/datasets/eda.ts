/** `medvlm datasets eda`: the picture of one or more datasets as a page or as data. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Context } from '../../../core/context.ts';
import { ConfigError } from '../../../core/errors.ts';
import { gatherEda, outlierThumbnails } from '../../../engine/eda-dataset.ts';
import { isManifest } from '../../../engine/resolve-split.ts';
import { describeDatasets, type EdaInput } from '../../../lib/eda/eda.ts';
import { renderEda } from '../../../report/eda.ts';
import { collect, openEnvironment, printJson, printLines, wholeNumber } from '../environment.ts';
import { openRelease } from './open-release.ts';

interface Flags {
  readonly root?: string[];
  readonly split?: string[];
  readonly option?: string[];
  readonly images: number;
  readonly seed: number;
  readonly out: string;
  readonly json?: boolean;
}

export function addEda(datasets: Command): void {
  datasets
    .command('eda')
    .description('describes datasets: labels, patients, images, reports, drift between parts and between datasets')
    .argument('<names...>', 'as in medvlm datasets list; two or more are compared')
    .option(
      '--root <folder>',
      'the release as unpacked; once per name, in their order ("-" where none is needed)',
      collect,
    )
    .option('--split <name>', "name of a split or manifest, once per name (default: each dataset's first)", collect)
    .option(
      '--option <NAME:key=value>',
      'option of a dataset; NAME: may be left out where there is one; repeatable',
      collect,
    )
    .option('--images <n>', 'how many images to decode; 0 for none', wholeNumber(0), 500)
    .option('--seed <n>', 'names the sample of images', wholeNumber(0), 0)
    .option('--out <file>', 'where the page goes', 'eda.html')
    .option('--json', 'all numbers as one JSON document on stdout, instead of the page')
    .action(async (names: string[], flags: Flags) => {
      const { context } = openEnvironment();
      const inputs: EdaInput[] = [];
      for (const [index, name] of names.entries()) inputs.push(await gather(name, index, { names, flags, context }));
      const data = describeDatasets(inputs, flags.seed);
      if (flags.json) return printJson(data);
      const thumbnails = new Map<string, string>();
      for (const [index, picture] of data.datasets.entries())
        for (const [id, uri] of await outlierThumbnails(picture, inputs[index]!)) thumbnails.set(id, uri);
      await context.files.write(resolve(flags.out), renderEda(data, thumbnails));
      printLines([`written: ${resolve(flags.out)}`]);
    });
}

interface Request {
  readonly names: readonly string[];
  readonly flags: Flags;
  readonly context: Context;
}

async function gather(name: string, index: number, { names, flags, context }: Request): Promise<EdaInput> {
  const folder = oneEach('--root', flags.root, names)[index];
  const split = oneEach('--split', flags.split, names)[index];
  const options = (flags.option ?? []).flatMap((text) => optionOf(text, name, names));
  const release = await openRelease(name, { folder, options }, context);
  const chosen = split === undefined ? {} : { split: isManifest(split) ? resolve(split) : split };
  return gatherEda({ ...release, ...chosen, images: flags.images, seed: flags.seed }, context);
}

/** Values by place; `-` stands for none. @throws ConfigError for more or fewer than names */
function oneEach(
  flag: string,
  given: readonly string[] | undefined,
  names: readonly string[],
): readonly (string | undefined)[] {
  if (given === undefined) return names.map(() => undefined);
  if (given.length !== names.length)
    throw new ConfigError(
      `${flag}: expected one for each of ${names.length} datasets, got ${given.length}`,
      'write - for one that needs none',
    );
  return given.map((value) => (value === '-' ? undefined : value));
}

/** `NAME:key=value` for that dataset; `key=value` where there is one dataset. */
function optionOf(text: string, name: string, names: readonly string[]): readonly string[] {
  const owner = names.find((candidate) => text.startsWith(`${candidate}:`));
  if (owner !== undefined) return owner === name ? [text.slice(owner.length + 1)] : [];
  if (names.length === 1) return [text];
  throw new ConfigError(`--option: expected NAME:key=value, got "${text}"`, `NAME is one of ${names.join(', ')}`);
}
