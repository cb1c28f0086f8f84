/** Wall time of the stages of a run. */
export interface Stopwatch {
  /** Ends the current stage under this name. */
  lap(name: string): void;
  /** Stage → seconds, to the millisecond. */
  seconds(): Readonly<Record<string, number>>;
}

/** @param now monotonic clock in milliseconds */
export function stopwatch(now: () => number): Stopwatch {
  const laps = new Map<string, number>();
  let last = now();
  return {
    lap: (name) => {
      const time = now();
      laps.set(name, Math.round(time - last) / 1000);
      last = time;
    },
    seconds: () => Object.fromEntries(laps),
  };
}
