/** `medvlm datasets`: what can be read and how to get it, checks of a release, its picture, split manifests, Phantom. */
import type { Command } from 'commander';
import { addCheck } from './datasets/check.ts';
import { addEda } from './datasets/eda.ts';
import { addGenerate } from './datasets/generate.ts';
import { addList } from './datasets/list.ts';
import { addManifest } from './datasets/manifest.ts';

export function addDatasets(program: Command): void {
  const datasets = program
    .command('datasets')
    .description('the dataset registry: list, check, eda, manifest, generate');
  for (const add of [addList, addCheck, addEda, addManifest, addGenerate]) add(datasets);
}
