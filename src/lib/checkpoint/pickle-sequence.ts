/** Pickles that lie one behind the other in a file, whose ends only reading them tells. */
import type { RandomAccess } from '../../core/context.ts';
import { type PickleHooks, readFirstPickle, TruncatedPickle } from './pickle.ts';

const FIRST_WINDOW = 1 << 16;
const MAXIMUM_PICKLE = 64 << 20;

export interface PickleSequence {
  /** Where the next pickle, or what follows the last, begins. */
  readonly position: number;
  /** @throws ModelError as `readPickle` */
  next(hooks: PickleHooks): unknown;
}

/** Begins at the file's first byte. Reads little beyond each pickle, however large the file is. */
export function pickleSequence(file: RandomAccess, where: string): PickleSequence {
  let position = 0;
  const next = (hooks: PickleHooks) => {
    for (let window = FIRST_WINDOW; ; window *= 8) {
      const length = Math.min(window, MAXIMUM_PICKLE, file.size - position);
      try {
        const { value, end } = readFirstPickle(file.read(position, length), hooks, where);
        position += end;
        return value;
      } catch (cause) {
        if (!(cause instanceof TruncatedPickle) || length < window) throw cause;
      }
    }
  };
  return {
    get position() {
      return position;
    },
    next,
  };
}
