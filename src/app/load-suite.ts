/** Finds and parses a suite: a path, or the name of a suite that comes with the package. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { catalog } from '../catalog/index.ts';
import { digestOf } from '../core/digest.ts';
import { ConfigError } from '../core/errors.ts';
import type { Suite } from '../core/suite.ts';
import { packageRoot } from '../engine/package-root.ts';
import { parseSuite, resolveSuite } from '../engine/suite-file.ts';

const suitesFolder = join(packageRoot, 'suites');

export interface LoadedSuite {
  /** Resolved: every default explicit; paths as typed. */
  readonly suite: Suite;
  /** Folder that relative paths start from. */
  readonly base: string;
  /** SHA-256 of the resolved suite. */
  readonly digest: string;
}

/** @param name path of a YAML file, or the name of a suite of the package, for example `demo`. @throws ConfigError */
export function loadSuite(name: string, overrides: readonly string[]): LoadedSuite {
  const path = [resolve(name), join(suitesFolder, `${name}.yaml`)].find((candidate) => existsSync(candidate));
  if (!path) throw new ConfigError(`suite: no such file (${resolve(name)})`, 'suites that come along: suites/*.yaml');
  const suite = resolveSuite(parseSuite(readSuite(path), path, overrides), catalog);
  return { suite, base: dirname(path), digest: digestOf(suite) };
}

function readSuite(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    throw new ConfigError(`suite: cannot be read, ${(cause as NodeJS.ErrnoException).code} (${path})`);
  }
}
