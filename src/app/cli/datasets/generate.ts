/** `medvlm datasets generate`: Phantom as a release on disk. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import phantom, { generatePhantom } from '../../../catalog/datasets/phantom.ts';
import { parseOptions } from '../../../engine/suite-file.ts';
import { openEnvironment, printLines, wholeNumber } from '../environment.ts';

export function addGenerate(datasets: Command): void {
  datasets
    .command('generate')
    .description('writes Phantom, computer-made chest films with reports, in the official Open-i layout')
    .argument('<folder>')
    .option('--patients <n>', "number of patients (default: the demo's, 220)", wholeNumber(1))
    .option('--seed <n>', "another seed, other patients (default: the demo's, 2)", wholeNumber(0))
    .action(async (folder: string, chosen: { patients?: number; seed?: number }) => {
      const options = parseOptions('dataset', phantom.name, phantom.options, chosen);
      const { context } = openEnvironment();
      await generatePhantom(resolve(folder), options, context);
      printLines([`written: ${resolve(folder)} (synthetic; no clinical meaning)`]);
    });
}
