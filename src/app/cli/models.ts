/** `medvlm models`: what can be run, how to get its weights, importing and checking them. */
import type { Command } from 'commander';
import { addImport } from './models/import.ts';
import { addList } from './models/list.ts';
import { addShow } from './models/show.ts';
import { addVerify } from './models/verify.ts';

export function addModels(program: Command): void {
  const models = program.command('models').description('the model registry: list, show, import, verify');
  for (const add of [addList, addShow, addImport, addVerify]) add(models);
}
