/** Progress of long work on a stream: a bar with time left on a terminal, a line now and then elsewhere. */

export interface ProgressStream {
  readonly isTTY?: boolean;
  /** Width of the terminal in characters. */
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_WIDTH = 24;
const NARROW = 80;
const REDRAW_MS = 100;
/** Between lines where there is no terminal, as in a scheduler's log. */
const LINE_MS = 15_000;

/** @param now monotonic clock in milliseconds */
export function progressReporter(stream: ProgressStream, now: () => number) {
  let label = '';
  let startedAt = 0;
  let shownAt = 0;
  let isBarOpen = false;

  const clear = () => {
    if (isBarOpen) stream.write('\r\u001b[2K');
    isBarOpen = false;
  };

  const progress = (nextLabel: string, done: number, total: number) => {
    const time = now();
    if (nextLabel !== label || done === 0) [label, startedAt, shownAt] = [nextLabel, time, stream.isTTY ? 0 : time];
    const isLast = done >= total;
    if (!isLast && time - shownAt < (stream.isTTY ? REDRAW_MS : LINE_MS)) return;
    shownAt = time;
    const left = remaining(time - startedAt, done, total);
    if (!stream.isTTY) {
      if (!isLast) stream.write(`${label}: ${done} of ${total}${left}\n`);
      return;
    }
    clear();
    if (isLast) return;
    const line = `${bar(done / total)} ${label} ${done}/${total}${left}`;
    stream.write(line.slice(0, (stream.columns || NARROW) - 1)); // a second row could not be taken back
    isBarOpen = true;
  };

  const log = (message: string) => {
    clear();
    stream.write(`${message}\n`);
  };
  return { progress, log, clear };
}

function bar(share: number): string {
  const full = Math.round(share * BAR_WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)}`;
}

function remaining(elapsedMs: number, done: number, total: number): string {
  if (done === 0 || elapsedMs < 500) return '';
  return `, ${duration(Math.max(1000, (elapsedMs / done) * (total - done)))} left`;
}

/** `850 ms`, `12 s`, `3 min 20 s`, `5 h 10 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
