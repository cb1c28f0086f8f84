/** Errors of the operating system as one line that names the path. */
import { DataError } from '../core/errors.ts';

const REASONS: Readonly<Record<string, readonly [got: string, hint: string]>> = {
  ENOENT: ['no such file or folder', 'check the path'],
  EACCES: ['permission denied', 'check the permissions of the file and of the folders above it'],
  EPERM: ['permission denied', 'check the permissions of the file and of the folders above it'],
  EROFS: ['a read-only file system', 'choose another folder: MEDVLM_HOME for what is kept, --out for the run'],
  EISDIR: ['a folder', 'name a file inside it'],
  EEXIST: ['a file where a folder is needed', 'check the path'],
  ENOTDIR: ['a file where a folder is needed', 'check the path'],
  ENOSPC: [
    'no space left on the device',
    'free some space, or choose another disk: MEDVLM_HOME for what is kept, --out for the run',
  ],
  EDQUOT: ['disk quota exceeded', 'free some space or choose a folder on another disk'],
  EMFILE: ['too many open files', 'raise the limit with ulimit -n'],
};

/** @throws the cause itself where it is no error of the operating system. */
export function fileError(what: string, path: string, cause: unknown): DataError {
  const code = (cause as NodeJS.ErrnoException)?.code;
  if (cause instanceof DataError || code === undefined) throw cause;
  const [got, hint] = REASONS[code] ?? [code, 'check the path and the disk'];
  const expected =
    what === 'cannot list folder'
      ? 'a readable folder'
      : what.includes('write')
        ? 'a writable place'
        : 'a readable file';
  return new DataError(`${what}, expected ${expected}, got ${got} (${path})`, hint);
}
