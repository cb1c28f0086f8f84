/**
 * Seconds and memory of indexing MIMIC-CXR-JPG at full size: 377,110 images, 227,835 studies, 65,379 patients, made up. Each
 * round opens the release in a process of its own; beside it the tables alone, which is what a database would do.
 * usage: npm run bench -- mimic-index [--folder FOLDER] [--rounds 3] [--keep]; the folder takes about 3 GB and 900,000 inodes
 */
import { fork } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openRelease, visitTable } from '../src/catalog/datasets/mimic-cxr/tables.ts';
import mimicCxrJpg from '../src/catalog/datasets/mimic-cxr-jpg.ts';
import { createContext } from '../src/engine/context.ts';
import { homeAt } from '../src/engine/home.ts';
import { describeMachine, peakResidentBytes } from '../src/engine/machine.ts';
import { problemTally } from '../src/lib/problem-tally.ts';
import { FULL_SIZE, writeMimicRelease } from './material/mimic-release.ts';

type Work = 'tables' | 'index' | 'index with reports';

interface Setting {
  readonly work: Work;
  readonly root: string;
}

interface Measured {
  readonly seconds: number;
  /** Of all threads, which other work on the machine does not lengthen much. */
  readonly processorSeconds: number;
  readonly peakBytes: number;
  readonly counts: string;
}

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: join(tmpdir(), 'medvlm-mimic-release') },
    rounds: { type: 'string', default: '3' },
    keep: { type: 'boolean', default: false },
  },
});
if (process.send === undefined) await parent();
else process.once('message', (setting: Setting) => void measure(setting).then(() => process.disconnect()));

async function parent(): Promise<void> {
  const root = resolve(values.folder);
  const { processor, cores, node } = describeMachine();
  console.log(`${processor}, ${cores} cores, Node ${node}; the release is made up`);
  if (!existsSync(root)) await writeMimicRelease(root, FULL_SIZE);
  for (let round = 0; round < Number(values.rounds); round++)
    for (const work of ['tables', 'index', 'index with reports'] as const) {
      const { seconds, processorSeconds, peakBytes, counts } = await inChild({ work, root });
      const peak = (peakBytes / 1e6).toFixed(0);
      console.log(
        `${work.padEnd(18)} ${seconds.toFixed(1)} s (${processorSeconds.toFixed(1)} s of processor time), peak ${peak} MB; ${counts}`,
      );
    }
  if (!values.keep) rmSync(root, { recursive: true, force: true });
}

function inChild(setting: Setting): Promise<Measured> {
  const child = fork(fileURLToPath(import.meta.url), [], { stdio: 'inherit' });
  child.send(setting);
  return new Promise((found, reject) => {
    child.once('message', (measured: Measured) => found(measured));
    child.once('exit', (code) => reject(new Error(`the child ended with ${code}`)));
  });
}

async function measure({ work, root }: Setting): Promise<void> {
  const context = createContext(homeAt({}), { log: () => undefined, progress: () => undefined });
  const before = process.cpuUsage();
  const start = performance.now();
  const counts = work === 'tables' ? await visitTables(root, context) : await open(root, work, context);
  const { user, system } = process.cpuUsage(before);
  const measured: Measured = {
    seconds: (performance.now() - start) / 1000,
    processorSeconds: (user + system) / 1e6,
    peakBytes: peakResidentBytes() ?? Number.NaN,
    counts,
  };
  process.send!(measured);
}

type BenchContext = ReturnType<typeof createContext>;

/** Unpacks and splits the three tables that an index reads, and joins them by study. */
async function visitTables(root: string, context: BenchContext): Promise<string> {
  const release = await openRelease(root, context);
  const tally = problemTally();
  const studies = new Map<string, number>();
  let rows = 0;
  for (const table of ['metadata', 'split', 'chexpert'] as const) {
    const visited = await visitTable({ table, columns: { required: ['study_id'] }, tally }, release, ([study]) => {
      studies.set(study!, (studies.get(study!) ?? 0) + 1);
    });
    rows += visited.rows;
  }
  return `${rows} rows of 3 tables, ${studies.size} studies`;
}

async function open(root: string, work: Work, context: BenchContext): Promise<string> {
  const reports = work === 'index' ? 'none' : 'tree';
  const { studies } = await mimicCxrJpg.open(root, mimicCxrJpg.options.parse({ reports }), context);
  const images = studies.reduce((sum, study) => sum + study.images.length, 0);
  const patients = new Set(studies.map(({ patientId }) => patientId)).size;
  const withReport = studies.filter(({ report }) => report.findings !== undefined).length;
  return `${images} images, ${studies.length} studies, ${patients} patients, ${withReport} with findings`;
}
