/** Writes a phantom dataset as an Open-i release, resumably: what is complete stays, the marker comes last. */
import { join } from 'node:path';
import type { Context } from '../../../core/context.ts';
import { sha256 } from '../../../core/digest.ts';
import type { Film } from '../../../lib/phantom/detector.ts';
import { imageNames, openIXml, SYNTHETIC_NOTICE } from '../../../lib/phantom/open-i-xml.ts';
import { renderFilm } from '../../../lib/phantom/render.ts';
import type { SheetMemory } from '../../../lib/phantom/sheet.ts';
import { projectionsCsv, sidecarCsv } from '../../../lib/phantom/sidecar.ts';
import { type PhantomStudy, phantomStudies } from '../../../lib/phantom/study.ts';

/** Bumped whenever the same options would give other pixels, reports or labels. */
export const GENERATOR_VERSION = 'phantom@1';

export interface PhantomOptions {
  /** Number of patients; each has one to three studies of one or two films. */
  readonly patients: number;
  /** Patients of different seeds are different people. */
  readonly seed: number;
}

export interface GeneratedPhantom {
  readonly root: string;
  readonly studies: number;
  readonly images: number;
  /** Images that were rendered now; the others were there. */
  readonly rendered: number;
}

const MARKER = 'PHANTOM-COMPLETE.txt';

const README = `${SYNTHETIC_NOTICE}

Chest films and reports made by a program, in the layout of the Open-i release of the Indiana University collection:
ecgen-radiology/{uid}.xml, CXR{uid}_IM-{number}-{series}.png, indiana_projections.csv (views), phantom.csv (patients, truth).
Licence: CC0 1.0. Scores on them say whether software works; they say nothing about patients.
`;

/** Writes (or completes) the release below `root`. @throws DataError where a file cannot be written */
export async function generatePhantom(
  root: string,
  options: PhantomOptions,
  context: Context,
): Promise<GeneratedPhantom> {
  const studies = allStudies(options);
  const images = studies.reduce((sum, study) => sum + study.views.length, 0);
  const stamp = stampOf(options);
  if (await isComplete(root, stamp, context)) return { root, studies: studies.length, images, rendered: 0 };
  const kept = await completeImages(root, stamp, context);
  await context.files.write(join(root, 'README.txt'), README);
  await context.files.write(join(root, 'generator.txt'), stamp);
  const rendered = await writeStudies(root, studies, { context, kept });
  await context.files.write(join(root, 'indiana_projections.csv'), projectionsCsv(studies));
  await context.files.write(join(root, 'phantom.csv'), sidecarCsv(studies));
  await context.files.write(join(root, MARKER), stamp);
  return { root, studies: studies.length, images, rendered };
}

export function allStudies({ patients, seed }: PhantomOptions): readonly PhantomStudy[] {
  return Array.from({ length: patients }, (_, index) => phantomStudies(seed, index)).flat();
}

/** Digest of what determines the release. */
export function releaseDigest(options: PhantomOptions): string {
  return sha256(stampOf(options));
}

function stampOf({ patients, seed }: PhantomOptions): string {
  return `${GENERATOR_VERSION} patients=${patients} seed=${seed}\n`;
}

async function isComplete(root: string, stamp: string, context: Context): Promise<boolean> {
  const marker = join(root, MARKER);
  return (await context.files.exists(marker)) && (await context.files.readText(marker)) === stamp;
}

/** Images that an earlier, interrupted run of the same generator left whole (files are written whole or not at all). */
async function completeImages(root: string, stamp: string, context: Context): Promise<ReadonlySet<string>> {
  const generator = join(root, 'generator.txt');
  if (!(await context.files.exists(generator)) || !sameGenerator(await context.files.readText(generator), stamp)) {
    return new Set();
  }
  const entries = await context.files.list(root);
  return new Set(entries.filter(({ path, size }) => path.endsWith('.png') && size > 0).map(({ path }) => path));
}

/** A patient's films do not depend on how many patients there are. */
function sameGenerator(earlier: string, now: string): boolean {
  const withoutCount = (text: string) => text.replace(/patients=\d+ /, '');
  return withoutCount(earlier) === withoutCount(now);
}

interface Writing {
  readonly context: Context;
  /** Names of image files that are there already. */
  readonly kept: ReadonlySet<string>;
}

/** Studies whose files may be on their way to disk while the next ones are rendered. */
const IN_FLIGHT = 6;

async function writeStudies(root: string, studies: readonly PhantomStudy[], writing: Writing): Promise<number> {
  const memory: SheetMemory = { layers: new Float32Array(0) };
  const total = studies.reduce((sum, study) => sum + study.views.length, 0);
  const pending: Promise<unknown>[] = [];
  let rendered = 0;
  let done = 0;
  for (const study of studies) {
    const files = filesOf(study, writing.kept, memory);
    rendered += files.films.length;
    done += study.views.length;
    const written = writeFiles(root, files, writing.context);
    written.catch(() => undefined); // awaited below: until then a failure must not count as unhandled
    pending.push(written);
    if (pending.length >= IN_FLIGHT) await pending.shift();
    writing.context.progress('phantom films', done, total);
  }
  await Promise.all(pending);
  return rendered;
}

interface StudyFiles {
  readonly uid: number;
  readonly xml: string;
  readonly films: readonly { readonly name: string; readonly film: Film }[];
}

function filesOf(study: PhantomStudy, kept: ReadonlySet<string>, memory: SheetMemory): StudyFiles {
  const films = imageNames(study).flatMap((name, i) => {
    const file = `${name}.png`;
    return kept.has(file) ? [] : [{ name: file, film: renderFilm({ ...study, view: study.views[i]! }, memory) }];
  });
  return { uid: study.uid, xml: openIXml(study), films };
}

async function writeFiles(root: string, { uid, xml, films }: StudyFiles, { files, encodePng }: Context): Promise<void> {
  for (const { name, film } of films) {
    await files.write(join(root, name), await encodePng(film.pixels, film.width, film.height));
  }
  await files.write(join(root, 'ecgen-radiology', `${uid}.xml`), xml);
}
