/** A made-up credentialed release with damaged films and reports that are missing, and the command line run in this process. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { z } from 'zod';
import { buildProgram } from '../../src/app/cli/program.ts';
import phantom from '../../src/catalog/datasets/phantom.ts';
import { type AccessTier, defineDataset, type OpenDataset } from '../../src/core/dataset.ts';
import { MedvlmError } from '../../src/core/errors.ts';
import type { Study } from '../../src/core/study.ts';
import { patientSplit } from '../../src/lib/splits.ts';
import { nodeContext } from '../context.ts';
import type { Output, Secrets } from './leak-scan.ts';

/** Of every ten films. */
const TRUNCATED = 3;
const EMPTY = 6;
const MISSING = 9;
const NO_REPORT = 5;

/** Ids in the manner of MIMIC-CXR, and a sentence that stands in no other text. */
function renamed(study: Study, index: number, folder: string, patients: Map<string, string>): Study {
  const patient = patients.get(study.patientId) ?? `p1987${String(1000 + patients.size)}`;
  patients.set(study.patientId, patient);
  const id = `${patient}/s5041${String(2000 + index)}`;
  const findings = `${study.report.findings ?? ''} Sentinel nodule number ${index} abuts the azygos fissure.`;
  return {
    ...study,
    id,
    patientId: patient,
    images: study.images.map((image, place) => ({
      ...image,
      id: `${id}/${index}a7c3e9${place}`,
      path: join(folder, id, `${index}a7c3e9${place}.png`),
    })),
    report: index % 10 === NO_REPORT ? {} : { ...study.report, findings },
  };
}

function damaged(film: Buffer, index: number): Buffer | undefined {
  if (index % 10 === TRUNCATED) return film.subarray(0, film.length / 2);
  if (index % 10 === EMPTY) return Buffer.alloc(0);
  return index % 10 === MISSING ? undefined : film;
}

async function copyFilms(studies: readonly Study[], originals: readonly Study[], pixels: Uint8Array[]): Promise<void> {
  for (const [index, { images }] of studies.entries()) {
    for (const [place, { path }] of images.entries()) {
      const film = readFileSync(originals[index]!.images[place]!.path);
      const kept = damaged(film, index);
      mkdirSync(dirname(path), { recursive: true });
      if (kept) writeFileSync(path, kept);
      pixels.push(film, await sharp(film).raw().toBuffer());
    }
  }
}

export interface Vault {
  readonly definition: ReturnType<typeof defineDataset>;
  readonly secrets: Secrets;
  readonly studies: readonly Study[];
}

/** @param folder outside of what is scanned: the films lie there */
export async function openVault(folder: string, tier: AccessTier, patients = 70): Promise<Vault> {
  const context = nodeContext(join(folder, 'generator'));
  const made = await phantom.open(undefined, phantom.options.parse({ patients, seed: 5 }), context);
  const names = new Map<string, string>();
  const renamedStudies = made.studies.map((study, index) => renamed(study, index, join(folder, 'files'), names));
  const pixels: Uint8Array[] = [];
  await copyFilms(renamedStudies, made.studies, pixels);
  const studies = renamedStudies.sort((a, b) => (a.id < b.id ? -1 : 1));
  const problems = [{ item: studies[0]!.id, problem: 'label "Edema", expected 1, 0, -1 or blank, got something else' }];
  const opened: OpenDataset = { studies, digest: 'd'.repeat(64), problems, split: () => [] };
  const definition = defineDataset({
    ...phantom,
    name: 'vault',
    title: 'A vault',
    tier,
    synthetic: false,
    splits: ['patient-v1'],
    options: z.strictObject({}),
    open: async () => ({ ...opened, split: () => patientSplit(studies) }),
  });
  const texts = studies.flatMap(({ report }) => Object.values(report as Record<string, string>));
  const images = studies.flatMap((study) => study.images.map((image) => image.id.split('/').at(-1)!));
  const ids = studies.flatMap(({ id, patientId }) => [patientId, id.split('/').at(-1)!]);
  return { definition, secrets: { texts, ids: [...ids, ...images], pixels }, studies };
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Runs a command in this process as `medvlm` would; what it prints, and what its error would print, is kept. */
export async function command(
  ...args: readonly string[]
): Promise<Output & { readonly code: number; readonly text: string }> {
  const heard: string[] = [];
  const [stdout, stderr] = [process.stdout.write, process.stderr.write];
  const hear = ((text: string | Uint8Array) => heard.push(String(text)) > 0) as typeof process.stdout.write;
  const listening = SIGNALS.map((signal) => process.listeners(signal));
  let code = 0;
  try {
    process.stdout.write = hear;
    process.stderr.write = hear;
    await buildProgram().parseAsync(['node', 'medvlm', ...args]);
  } catch (error) {
    if (!(error instanceof MedvlmError)) throw error;
    code = error.exitCode;
    heard.push(`${error.message}\n${error.hint}\n${error.stack}`);
  } finally {
    process.stdout.write = stdout;
    process.stderr.write = stderr;
    for (const [index, signal] of SIGNALS.entries())
      for (const listener of process.listeners(signal))
        if (!listening[index]!.includes(listener)) process.off(signal, listener);
  }
  const text = heard.join('');
  return { name: `medvlm ${args.join(' ')}`, content: new TextEncoder().encode(text), code, text };
}
