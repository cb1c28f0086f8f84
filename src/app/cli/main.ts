#!/usr/bin/env node
/** The `medvlm` command: parses arguments, runs one command, turns errors into one line and an exit code. */
import { CommanderError } from 'commander';
import { MedvlmError } from '../../core/errors.ts';
import { printNotice } from './environment.ts';
import { buildProgram } from './program.ts';

const USAGE_ERROR = 2;
const DATA_ERROR = 3;

/** @returns the exit code */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
  if (error instanceof MedvlmError) {
    printNotice(`medvlm: ${error.message}${error.hint ? `\nhint: ${error.hint}` : ''}`);
    return error.exitCode;
  }
  printNotice(`medvlm: a bug, please report it: ${error instanceof Error ? error.stack : String(error)}`);
  return 1;
}

process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit(0); // whoever reads has seen enough
  printNotice(`medvlm: cannot write to standard output, got ${code}\nhint: free some space`);
  process.exit(DATA_ERROR);
});
process.stderr.on('error', () => undefined); // nobody listens: that must not change the outcome

try {
  await buildProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error);
}
