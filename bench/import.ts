/**
 * Seconds and memory of importing published weights, in a process of its own, beside what the machine needs at the least:
 * hashing that many bytes, and writing them to disk.
 * usage: npm run bench -- import NAME FOLDER [--rounds 3]; FOLDER as scripts/reference/full_size.py makes it
 */
import { fork } from 'node:child_process';
import { closeSync, fsyncSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { catalog } from '../src/catalog/index.ts';
import { openBundle } from '../src/engine/bundles.ts';
import { createContext } from '../src/engine/context.ts';
import { fileDigest } from '../src/engine/file-digests.ts';
import { homeAt } from '../src/engine/home.ts';
import { describeMachine, peakResidentBytes } from '../src/engine/machine.ts';

interface Setting {
  readonly name: string;
  readonly source: string;
  readonly home: string;
}

interface Measured {
  readonly seconds: number;
  /** Of all threads, which other work on the machine does not lengthen much. */
  readonly processorSeconds: number;
  readonly peakBytes: number;
}

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '3' } },
  allowPositionals: true,
});
if (process.send === undefined) await parent();
else process.once('message', (setting: Setting) => void measure(setting).then(() => process.disconnect()));

async function parent(): Promise<void> {
  const [name, folder] = positionals;
  if (!name || !folder) throw new Error('usage: npm run bench -- import NAME FOLDER');
  const { processor, cores, node } = describeMachine();
  const source = resolve(folder);
  const bytes = bytesOf(source);
  console.log(`${processor}, ${cores} cores, Node ${node}; ${name}, ${megabytes(bytes)} of published files`);
  for (let round = 0; round < Number(values.rounds); round++) {
    const home = mkdtempSync(join(dirname(source), 'import-bench-'));
    try {
      const hash = await seconds(async () => hashAll(source));
      const write = await seconds(async () => writePlain(join(home, 'plain'), bytes));
      const { seconds: took, processorSeconds, peakBytes } = await inChild({ name, source, home });
      console.log(
        `import ${took.toFixed(2)} s (${processorSeconds.toFixed(2)} s of processor time), peak memory ${megabytes(peakBytes)}, limit files + 300 MB = ${megabytes(bytes + 300e6)}` +
          `; hashing the files once ${hash.toFixed(2)} s, writing as many bytes ${write.toFixed(2)} s`,
      );
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }
}

function inChild(setting: Setting): Promise<Measured> {
  const child = fork(fileURLToPath(import.meta.url), [], { stdio: 'inherit' });
  child.send(setting);
  return new Promise((found, reject) => {
    child.once('message', (measured: Measured) => found(measured));
    child.once('exit', (code) => reject(new Error(`the import ended with ${code}`)));
  });
}

/** What `medvlm models import` does, from the hashing of the published files to the manifest. */
async function measure({ name, source, home }: Setting): Promise<void> {
  const places = homeAt({ MEDVLM_HOME: home });
  const context = createContext(places, { log: () => undefined, progress: () => undefined });
  const definition = catalog.models.get(name)!;
  const options = (definition.options?.parse({}) ?? {}) as Record<string, unknown>;
  const before = process.cpuUsage();
  const took = await seconds(async () => openBundle({ definition, source, options }, places.models, context));
  const { user, system } = process.cpuUsage(before);
  const measured: Measured = {
    seconds: took,
    processorSeconds: (user + system) / 1e6,
    peakBytes: peakResidentBytes() ?? Number.NaN,
  };
  process.send!(measured);
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder).map((file) => join(folder, file));
}

function bytesOf(folder: string): number {
  return filesOf(folder).reduce((sum, path) => sum + statSync(path).size, 0);
}

async function hashAll(folder: string): Promise<void> {
  for (const path of filesOf(folder)) await fileDigest(path);
}

function writePlain(path: string, bytes: number): void {
  const part = new Uint8Array(8 << 20).fill(7);
  const descriptor = openSync(path, 'w');
  for (let left = bytes; left > 0; left -= part.length) writeSync(descriptor, part, 0, Math.min(left, part.length));
  fsyncSync(descriptor);
  closeSync(descriptor);
  rmSync(path);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
