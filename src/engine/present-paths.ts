/** Which of many paths are there. */
import { constants, existsSync } from 'node:fs';
import { access } from 'node:fs/promises';

const BLOCK = 1024;
const AT_ONCE = 64;

/**
 * A path whose folder the system remembers is answered faster than a question can be handed to another thread; a cold disk or a
 * network drive is slow, and answers many at a time. So blocks are asked in line until one takes longer than this for each path.
 */
const SLOW_MILLISECONDS = 0.2;

/** By index. What cannot be asked (permission, a loop of links) counts as not there. */
export async function present(paths: readonly string[]): Promise<readonly boolean[]> {
  const answers: boolean[] = [];
  let isSlow = false;
  for (let start = 0; start < paths.length; start += BLOCK) {
    const block = paths.slice(start, start + BLOCK);
    if (isSlow) {
      for (let from = 0; from < block.length; from += AT_ONCE)
        answers.push(...(await Promise.all(block.slice(from, from + AT_ONCE).map(isThere))));
      continue;
    }
    const began = performance.now();
    for (const path of block) answers.push(existsSync(path));
    isSlow = performance.now() - began > SLOW_MILLISECONDS * BLOCK;
    await new Promise(setImmediate); // lets progress and signals through
  }
  return answers;
}

const isThere = (path: string): Promise<boolean> =>
  access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
