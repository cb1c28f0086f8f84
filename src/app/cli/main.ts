#!/usr/bin/env node
/** The `medvlm` command: parses arguments, runs one command, turns errors into one line and an exit code. */
import { Command, CommanderError } from 'commander';
import { MedvlmError } from '../../core/errors.ts';
import { addDatasets } from './datasets.ts';
import { addDoctor } from './doctor.ts';
import { addModels } from './models.ts';
import { addPlan } from './plan.ts';
import { addRun } from './run.ts';
import { addScore } from './score.ts';
import { packageVersion } from './version.ts';

const USAGE_ERROR = 2;

function buildProgram(): Command {
  const program = new Command('medvlm')
    .description(
      'Benchmark small medical vision-language models on chest X-rays: on premises, every number with an interval.',
    )
    .version(packageVersion(), '--version')
    .showHelpAfterError('hint: medvlm --help')
    .showSuggestionAfterError(true)
    .exitOverride();
  for (const add of [addRun, addPlan, addScore, addModels, addDatasets, addDoctor]) add(program);
  return program;
}

/** @returns the exit code */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
  if (error instanceof MedvlmError) {
    process.stderr.write(`medvlm: ${error.message}\n${error.hint ? `hint: ${error.hint}\n` : ''}`);
    return error.exitCode;
  }
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 0;
  process.stderr.write(`medvlm: a bug, please report it: ${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await buildProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error);
}
