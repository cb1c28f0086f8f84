/** Progress of long work on a stream: a bar with time left on a terminal, a line now and then elsewhere. */

import { byteCount } from './quantities.ts';

/** How amounts are written; a total that nobody knows is Infinity. */
export type Unit = 'items' | 'bytes';

export interface ProgressStream {
  readonly isTTY?: boolean;
  /** Width of the terminal in characters. */
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_WIDTH: Readonly<Record<Unit, number>> = { items: 24, bytes: 10 };
const NARROW = 80;
const REDRAW_MS = 100;
/** Between lines where there is no terminal, as in a scheduler's log. */
const LINE_MS = 15_000;

/** @param now monotonic clock in milliseconds */
export function progressReporter(stream: ProgressStream, now: () => number) {
  let label = '';
  let startedAt = 0;
  /** What was done before this began, as where a download is continued. */
  let doneBefore = 0;
  let shownAt = 0;
  let isBarOpen = false;

  const clear = () => {
    if (isBarOpen) stream.write('\r\u001b[2K');
    isBarOpen = false;
  };

  const begin = (nextLabel: string, done: number, time: number) => {
    [label, startedAt, shownAt] = [nextLabel, time, stream.isTTY ? 0 : time];
    doneBefore = done;
  };

  const progress = (nextLabel: string, done: number, total: number, unit: Unit = 'items') => {
    const time = now();
    if (nextLabel !== label || done === 0 || done < doneBefore) begin(nextLabel, done, time);
    const isLast = done >= total;
    if (!isLast && time - shownAt < (stream.isTTY ? REDRAW_MS : LINE_MS)) return;
    shownAt = time;
    const speed = { elapsedMs: time - startedAt, done: done - doneBefore, left: total - done };
    const pace = `${unit === 'bytes' ? rate(speed) : ''}${remaining(speed)}`;
    if (!stream.isTTY) {
      if (!isLast) stream.write(`${label}: ${amount(done, total, unit, ' of ')}${pace}\n`);
      return;
    }
    clear();
    if (isLast) return;
    const line = `${bar(done / total, BAR_WIDTH[unit])} ${label} ${amount(done, total, unit, unit === 'bytes' ? ' of ' : '/')}${pace}`;
    stream.write(line.slice(0, (stream.columns || NARROW) - 1)); // a second row could not be taken back
    isBarOpen = true;
  };

  const log = (message: string) => {
    clear();
    stream.write(`${message}\n`);
  };
  return { progress, log, clear };
}

function bar(share: number, width: number): string {
  const full = Math.round(share * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
}

interface Speed {
  readonly elapsedMs: number;
  /** Since this began. */
  readonly done: number;
  readonly left: number;
}

const SETTLED_MS = 500;

function remaining({ elapsedMs, done, left }: Speed): string {
  if (done === 0 || elapsedMs < SETTLED_MS || !Number.isFinite(left)) return '';
  return `, ${duration(Math.max(1000, (elapsedMs / done) * left))} left`;
}

function rate({ elapsedMs, done }: Speed): string {
  return elapsedMs < SETTLED_MS ? '' : `, ${byteCount((1000 * done) / elapsedMs)}/s`;
}

function amount(done: number, total: number, unit: Unit, between: string): string {
  const text = unit === 'bytes' ? byteCount : String;
  return Number.isFinite(total) ? `${text(done)}${between}${text(total)}` : text(done);
}

/** `850 ms`, `12 s`, `3 min 20 s`, `5 h 10 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
