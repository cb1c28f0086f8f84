/**
 * DICOM files to stored values on one thread, side by side with pydicom and the fastest of its plug-ins for each file.
 * usage: npm run bench -- dicom [--python python3] [--repetitions 9] [FOLDER of .dcm files ...]
 * Without folders, films of 2048 x 2500 are made in every syntax (needs scripts/reference/requirements.txt).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { decode } from '../src/engine/decode.ts';
import { dicomCodecs } from '../src/engine/dicom-codecs.ts';
import { describeMachine } from '../src/engine/machine.ts';
import { isDicom } from '../src/lib/dicom/dataset.ts';
import { readDicomHeader } from '../src/lib/dicom/header.ts';
import { decodeStoredValues } from '../src/lib/dicom/picture.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { python: { type: 'string', default: 'python3' }, repetitions: { type: 'string', default: '9' } },
});
const script = fileURLToPath(new URL('../../bench/dicom.py', import.meta.url));
const repetitions = Number(values.repetitions);
const made = mkdtempSync(join(tmpdir(), 'dicom-bench-'));
try {
  if (positionals.length === 0) python('make', made);
  const { processor, node } = describeMachine();
  console.log(`${processor}, Node ${node}; one thread each, median of ${repetitions}, file in memory to stored values`);
  for (const folder of positionals.length === 0 ? [made] : positionals) await compare(folder);
} finally {
  rmSync(made, { recursive: true });
}

function python(...words: string[]): string {
  const run = spawnSync(values.python, [script, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (run.status !== 0) throw new Error(`${values.python} ${basename(script)} failed`);
  return run.stdout;
}

async function compare(folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, `${name}`));
  const readable = files.filter((path) => path.endsWith('.dcm') && hasPixels(readFileSync(path)));
  const ratios: number[] = [];
  for (const path of readable.sort()) {
    const bytes = readFileSync(path);
    const ours = await median(() => decodeStoredValues(bytes, dicomCodecs));
    const [theirs] = JSON.parse(python('time', `${repetitions}`, path)) as [Record<string, number>];
    const again = await median(() => decodeStoredValues(bytes, dicomCodecs));
    const picture = await median(() => decode(bytes));
    const mine = Math.min(ours, again);
    const [plugin, best] = Object.entries(theirs).sort((a, b) => a[1] - b[1])[0] ?? ['none', Number.NaN];
    ratios.push(best / mine);
    console.log(line(path, { mine, plugin, best, picture }));
  }
  const known = ratios.filter((ratio) => !Number.isNaN(ratio));
  const mean = Math.exp(known.reduce((sum, ratio) => sum + Math.log(ratio), 0) / known.length);
  console.log(
    `${known.length} files: slowest ${Math.min(...known).toFixed(2)} x pydicom, geometric mean ${mean.toFixed(2)} x`,
  );
}

/** Files that are no DICOM or hold none are left out on both sides. */
function hasPixels(bytes: Uint8Array): boolean {
  return isDicom(bytes) && readDicomHeader(bytes).hasPixelData;
}

interface Row {
  readonly mine: number;
  readonly plugin: string;
  readonly best: number;
  readonly picture: number;
}

function line(path: string, { mine, plugin, best, picture }: Row): string {
  const { rows, columns } = readDicomHeader(readFileSync(path));
  const shown = [
    `| ${basename(path)}`,
    `${columns} x ${rows}`,
    `${mine.toFixed(1)} ms`,
    `${best.toFixed(1)} ms`,
    plugin,
  ];
  return `${[...shown, (best / mine).toFixed(2), `${picture.toFixed(1)} ms`].join(' | ')} |`;
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < repetitions + 3; i++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.slice(3).sort((a, b) => a - b)[repetitions >> 1]!;
}
