/** Versions of the package and of what its numbers depend on. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { packageRoot } from '../../engine/package-root.ts';

interface PackageJson {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function packageJson(): PackageJson {
  return JSON.parse(readFileSync(`${packageRoot}/package.json`, 'utf8')) as PackageJson;
}

export function packageVersion(): string {
  return packageJson().version;
}

/** Installed version of each runtime dependency. */
export function dependencyVersions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const names = Object.keys(packageJson().dependencies ?? {});
  return Object.fromEntries(names.map((name) => [name, installedVersion(name, require)]));
}

function installedVersion(name: string, require: NodeJS.Require): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')) as PackageJson).version;
    } catch {
      // not in this node_modules folder
    }
  }
  return 'unknown';
}

/** Git revision of the checkout, with `+changes` where the tree is not clean; null outside one. */
export function gitRevision(): string | null {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', packageRoot, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return `${git('rev-parse', 'HEAD')}${git('status', '--porcelain') ? '+changes' : ''}`;
  } catch {
    return null;
  }
}
