// Runs the compiled `medvlm` as a user would, in its own home, and gathers what it printed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/engine/package-root.ts';

export const repository = packageRoot;
export const program = join(packageRoot, 'dist/app/cli/main.js');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Place {
  readonly root: string;
  readonly home: string;
  /** Runs to the end. */
  run(...args: string[]): Finished;
  /** Starts; sends a signal, where one is named, as soon as its cue stands on stderr. */
  start(args: readonly string[], signal?: { readonly name: NodeJS.Signals; readonly cue: string }): Promise<Finished>;
  /** Starts and kills with SIGKILL after some milliseconds; resolves to true where it was killed before its end. */
  runAndKill(afterMs: number, ...args: string[]): Promise<boolean>;
  remove(): void;
}

/** A folder of its own with a MEDVLM_HOME. */
export function openPlace(): Place {
  const root = mkdtempSync(join(tmpdir(), 'medvlm-e2e-'));
  const home = join(root, 'home');
  const environment = { ...process.env, MEDVLM_HOME: home };
  return {
    root,
    home,
    run: (...args) => {
      const done = spawnSync(process.execPath, [program, ...args], { cwd: root, env: environment, encoding: 'utf8' });
      return { code: done.status, stdout: done.stdout, stderr: done.stderr };
    },
    start: (args, signal) =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [program, ...args], { cwd: root, env: environment });
        const heard = { stdout: '', stderr: '' };
        let isSent = false;
        child.stdout.on('data', (data) => {
          heard.stdout += data;
        });
        child.stderr.on('data', (data) => {
          heard.stderr += data;
          if (signal && !isSent && heard.stderr.includes(signal.cue)) isSent = child.kill(signal.name);
        });
        child.once('close', (code) => resolve({ code, ...heard }));
      }),
    runAndKill: (afterMs, ...args) =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [program, ...args], { cwd: root, env: environment, stdio: 'ignore' });
        const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
        child.once('exit', (_code, signal) => {
          clearTimeout(timer);
          resolve(signal === 'SIGKILL');
        });
      }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
