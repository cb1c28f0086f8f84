/** `medvlm models import NAME --download`: the files of a model's card, fetched, checked and pinned, into a folder of their own. */
import { rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Files } from '../core/context.ts';
import { ConfigError, ModelError } from '../core/errors.ts';
import type { Download, ModelDefinition } from '../core/model.ts';
import { withDownloadLock } from './download-lock.ts';
import { fileDigest } from './file-digests.ts';
import type { Home } from './home.ts';
import { discardPart, partOf, publishPart } from './partial-file.ts';
import { pin, pinsPath, readPins } from './pins.ts';
import { byteCount } from './quantities.ts';
import { type TransferEffects, type Transferred, transfer } from './transfer.ts';

export interface DownloadEffects extends TransferEffects {
  readonly home: Home;
  readonly files: Files;
  /** Nothing may be asked of the network. */
  readonly isOffline: boolean;
}

/** A file, its place, and whose it is. */
interface Wanted {
  readonly definition: ModelDefinition;
  readonly download: Download;
  readonly path: string;
}

/**
 * Fetches what is not here yet. Only the addresses of the card are asked, and where they redirect to.
 * @returns path to import from: the file, or the folder of several
 * @throws ModelError (refused, changed, not to be had), ConfigError (offline), DataError (disk), the signal's reason
 */
export async function downloadWeights(definition: ModelDefinition, effects: DownloadEffects): Promise<string> {
  const downloads = requireDownloads(definition);
  const folder = join(effects.home.root, 'downloads', definition.name);
  for (const download of downloads) {
    const path = join(folder, download.file);
    await withDownloadLock(path, () => fetchFile({ definition, download, path }, effects));
  }
  return downloads.length === 1 ? join(folder, downloads[0]!.file) : folder;
}

const WHY = {
  'by-hand': 'a person must fetch its weights, no program can',
  unpublished: 'its weights are not published',
  declared: 'it is only declared',
  download: 'its card names no file',
};

/** @throws ModelError that says what to get and where, and why a program cannot */
export function requireDownloads({ name, card }: ModelDefinition): readonly Download[] {
  const { access, downloads = [] } = card;
  if (access === 'download' && downloads.length > 0) return downloads;
  const next = access === 'by-hand' ? `${card.weights}; then: medvlm models import ${name} --from PATH` : card.weights;
  throw new ModelError(`${name}: cannot be downloaded: ${WHY[access]}`, next);
}

async function fetchFile(wanted: Wanted, effects: DownloadEffects): Promise<void> {
  const { definition, download, path } = wanted;
  const { url, file } = download;
  const expected = download.sha256 ?? (await readPins(effects.home, effects.files))[url]?.sha256;
  if (await isHere(wanted, expected, effects)) return;
  if (effects.isOffline)
    throw new ConfigError(
      `${definition.name}: ${file} must be fetched from ${new URL(url).host}, and this is offline`,
      `fetch ${url} on another machine, then: medvlm models import ${definition.name} --from PATH`,
    );
  effects.log(`${file}: contacting ${new URL(url).host} (GET ${url})`);
  const hint = `fetch it by hand: ${definition.card.weights}; then: medvlm models import ${definition.name} --from PATH`;
  const request = { url, path, hint, isChecked: expected !== undefined };
  let got = await transfer(request, effects);
  if (expected !== undefined && got.sha256 !== expected && got.wasContinued) {
    effects.log(`${file}: what was continued does not fit together: beginning anew`);
    await discardPart(path);
    got = await transfer(request, effects);
  }
  if (expected !== undefined && got.sha256 !== expected) await reject(wanted, expected, { got, home: effects.home });
  await accept(wanted, got, expected, effects);
}

/** A file that is here already is used where its digest is known and right; else it is fetched again. */
async function isHere({ path, download }: Wanted, expected: string | undefined, effects: DownloadEffects) {
  if (expected === undefined || !(await effects.files.exists(path))) return false;
  if ((await fileDigest(path)) === expected) {
    effects.log(`${download.file}: here already, SHA-256 as ${download.sha256 ? 'published' : 'pinned'}`);
    return true;
  }
  effects.log(`${download.file}: changed on disk since it was fetched: fetching it again`);
  return false;
}

async function accept(
  { path, download }: Wanted,
  { sha256, size }: Transferred,
  expected: string | undefined,
  effects: DownloadEffects,
) {
  // Pinned before it has its name: a file without a pin is never trusted.
  if (download.sha256 === undefined) await pin(download.url, { sha256, size }, effects);
  await publishPart(path);
  const trust = download.sha256
    ? 'as published'
    : expected
      ? 'as pinned'
      : `first use, pinned in ${basename(pinsPath(effects.home))}`;
  effects.log(`${download.file}: ${byteCount(size)}, SHA-256 ${sha256} (${trust})`);
}

/** Keeps the wrong file beside its place, for whoever wants to look; nothing ever reads it. */
async function reject(
  { path, download }: Wanted,
  expected: string,
  { got, home }: { got: Transferred; home: Home },
): Promise<never> {
  const aside = join(dirname(path), `.${basename(path)}.rejected`); // hidden: no importer lists it
  await rename(partOf(path), aside);
  await discardPart(path);
  const source = download.sha256 ? 'the published' : 'the pinned';
  const trust = `where the authors say that they changed it, remove its entry from ${pinsPath(home)}`;
  throw new ModelError(
    `download of ${download.file}, expected ${source} SHA-256 ${expected}, got ${got.sha256} (${download.url})`,
    `not used, kept as ${aside}; ${download.sha256 ? 'try again, or fetch it by hand' : trust}`,
  );
}
