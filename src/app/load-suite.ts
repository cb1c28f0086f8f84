/** Finds and parses a suite: a path, or the name of a suite that comes with the package. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { catalog } from '../catalog/index.ts';
import { digestOf } from '../core/digest.ts';
import { ConfigError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Suite } from '../core/suite.ts';
import { fileError } from '../engine/file-errors.ts';
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
  const comesAlong = join(suitesFolder, `${name}.yaml`);
  // A folder may have the name of a suite that comes along.
  const path = [resolve(name), comesAlong].find(isFile) ?? [resolve(name)].find((candidate) => existsSync(candidate));
  if (!path) throw new ConfigError(`suite: no such file (${resolve(name)})`, didYouMean(name, suitesNear(name)));
  const suite = resolveSuite(parseSuite(readSuite(path), path, overrides), catalog);
  return { suite, base: dirname(path), digest: digestOf(suite) };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** What may have been meant: suites that come along, and YAML files in the folder. */
function suitesNear(name: string): string[] {
  const yaml = (folder: string) =>
    (existsSync(folder) ? readdirSync(folder) : []).filter((file) => /\.ya?ml$/.test(file));
  const here = yaml(dirname(resolve(name))).map((file) => join(dirname(name), file));
  const along = [...yaml(suitesFolder), ...yaml(join(suitesFolder, 'anchors')).map((file) => `anchors/${file}`)];
  return [...along.map((file) => file.replace(/\.ya?ml$/, '')), ...here];
}

function readSuite(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)); // drops a byte-order mark by itself
  } catch (cause) {
    if (cause instanceof TypeError)
      throw new ConfigError(`suite: expected UTF-8 text, got other bytes (${path})`, 'save the file as UTF-8');
    const { message, hint } = fileError('cannot read suite', path, cause);
    throw new ConfigError(message, hint);
  }
}
