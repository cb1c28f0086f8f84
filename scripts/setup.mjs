// Makes a clean clone runnable: installs packages and compiles, each only when missing or stale. Imports nothing but node:*.
// It runs inside the `start` and `test` scripts, because npm skips pre-scripts under `ignore-scripts=true`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => join(root, ...parts);
const LOCK_WAIT_MS = 10 * 60_000;

/** Ends with one line for the person who typed the command. */
function fail(message) {
  process.stderr.write(`medvlm set-up: ${message}\n`);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 11))
    fail(`Node.js 20.11 or newer is needed, this is ${process.versions.node}`);
}

/** The environment without what the outer npm says about itself, or what would leave out packages. */
function npmEnvironment() {
  const dropped =
    /^npm_(lifecycle|package)_|^npm_config_(omit|only|production|dry_run|global|prefix|local_prefix|workspaces?|ignore_scripts|include)$/i;
  const kept = Object.entries(process.env).filter(([name]) => !dropped.test(name) && name !== 'NODE_ENV');
  return Object.fromEntries(kept);
}

function run(command, args, what) {
  const shell = process.platform === 'win32' && !command.endsWith('.exe');
  const done = spawnSync(command, args, {
    cwd: root,
    env: npmEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    shell,
  });
  if (done.status === 0) return;
  process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`);
  fail(`${what} failed (${done.error?.message ?? `exit code ${done.status}`})`);
}

function npm(args, what) {
  const cli = process.env.npm_execpath;
  if (cli && existsSync(cli) && /\.c?js$/.test(cli)) run(process.execPath, [cli, ...args], what);
  else run('npm', args, what);
}

function packagesStamp() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}-${process.versions.modules}`);
  return hash
    .update(readFileSync(at('package-lock.json')))
    .update(readFileSync(at('package.json')))
    .digest('hex');
}

function sourceStamp() {
  const hash = createHash('sha256')
    .update(readFileSync(at('tsconfig.json')))
    .update(readFileSync(at('tsconfig.build.json')));
  for (const path of readdirSync(at('src'), { recursive: true }).map(String).sort()) {
    if (/\.(ts|json)$/.test(path)) hash.update(path).update(readFileSync(at('src', path)));
  }
  return hash.digest('hex');
}

const stampOf = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** Holds a lock file while `work` runs, so that two commands in a fresh clone do not install over each other. */
function locked(work) {
  const lock = at('.setup-lock');
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      closeSync(openSync(lock, 'wx'));
      break;
    } catch {
      const stale = existsSync(lock) && Date.now() - statSync(lock).mtimeMs > LOCK_WAIT_MS;
      if (stale) rmSync(lock, { force: true });
      if (Date.now() > deadline) fail(`another set-up holds ${lock}; remove it if none runs`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
  process.once('exit', () => rmSync(lock, { force: true }));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
  work();
  rmSync(lock, { force: true });
}

function step(label, work) {
  process.stderr.write(`${label} … `);
  const start = Date.now();
  work();
  process.stderr.write(`done in ${((Date.now() - start) / 1000).toFixed(1)} s\n`);
}

function installPackages() {
  const stamp = packagesStamp();
  const file = at('node_modules', '.setup-stamp');
  if (stampOf(file) === stamp) return;
  step('installing packages (npm ci)', () =>
    npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci'),
  );
  writeFileSync(file, stamp);
}

function compile() {
  const stamp = sourceStamp();
  const file = at('dist', '.setup-stamp');
  if (stampOf(file) === stamp) return;
  step('compiling', () => {
    rmSync(at('dist'), { recursive: true, force: true });
    run(process.execPath, [at('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'], 'tsc');
  });
  mkdirSync(at('dist'), { recursive: true });
  writeFileSync(file, stamp);
}

checkNode();
const isReady = () =>
  stampOf(at('node_modules', '.setup-stamp')) === packagesStamp() &&
  stampOf(at('dist', '.setup-stamp')) === sourceStamp();
if (!isReady()) {
  locked(() => {
    installPackages();
    compile();
  });
}
