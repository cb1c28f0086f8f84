/** What every command shares: home, context, progress on stderr, JSON on stdout, interruption. */
import { InvalidArgumentError } from 'commander';
import type { Context } from '../../core/context.ts';
import { InterruptedError } from '../../core/errors.ts';
import { createContext } from '../../engine/context.ts';
import { type Home, homeAt } from '../../engine/home.ts';
import { progressReporter, type Unit } from '../../engine/progress.ts';

export interface Environment {
  readonly home: Home;
  readonly context: Context;
  readonly signal: AbortSignal;
}

export interface Transfers {
  /** As `context.progress`, in bytes; a total that nobody knows is Infinity. */
  readonly progressOfBytes: Context['progress'];
}

const reporter = progressReporter(process.stderr, () => performance.now());

/** A line for a person on stderr, in place of a bar that may stand there. */
export function printNotice(line: string): void {
  reporter.log(line);
}

/** One JSON document on stdout, for `--json`. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.length > 0 ? `${lines.join('\n')}\n` : '');
}

export function openEnvironment(): Environment & Transfers {
  const home = homeAt(process.env);
  const controller = new AbortController();
  let isSecond = false;
  const interrupt = () => {
    if (isSecond) process.exit(130);
    isSecond = true;
    reporter.log('stopping as soon as the current step is done; once more to stop now');
    controller.abort(new InterruptedError());
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // All long work reports its progress: there it ends when it is interrupted.
  const progressOf = (unit: Unit) => (label: string, done: number, total: number) => {
    controller.signal.throwIfAborted();
    reporter.progress(label, done, total, unit);
  };
  const context = createContext(home, { log: reporter.log, progress: progressOf('items') });
  return { home, context, signal: controller.signal, progressOfBytes: progressOf('bytes') };
}

/** A whole number option. */
export function wholeNumber(minimum: number) {
  return (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= minimum) return value;
    throw new InvalidArgumentError(`expected a whole number of at least ${minimum}, got "${text}"`);
  };
}

/** Gathers a repeatable option. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

/** One of a few words. */
export function oneOf<Word extends string>(...words: readonly Word[]) {
  return (text: string): Word => {
    const found = words.find((word) => word === text);
    if (found) return found;
    throw new InvalidArgumentError(`expected ${words.join(', ')}, got "${text}"`);
  };
}
