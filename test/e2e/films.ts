// A small release in the layout of NIH ChestX-ray14, made of noise, for tests that need files and not findings.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { rng } from '../../src/core/rng.ts';

const HEADER = 'Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position';

export interface NoiseRelease {
  readonly films: number;
  /** Patient of a film, by its index; each film its own unless given. */
  readonly patient?: (film: number) => number;
  readonly labels?: (film: number) => string;
  /** Byte-order mark and carriage returns, as spreadsheets write them. */
  readonly spreadsheet?: boolean;
}

export const filmName = (film: number) => `${String(film + 1).padStart(8, '0')}_000.png`;

/** Grey noise of 48 × 48 pixels as a sharp image. */
export function noise(film: number) {
  const { integer } = rng(1, 'noise-film', `${film}`);
  const pixels = Uint8Array.from({ length: 48 * 48 }, () => integer(256));
  return sharp(pixels, { raw: { width: 48, height: 48, channels: 1 } }).toColourspace('b-w');
}

export async function writeRelease(folder: string, release: NoiseRelease): Promise<void> {
  const { films, patient = (film) => film + 1, labels = alternating, spreadsheet = false } = release;
  mkdirSync(join(folder, 'images'), { recursive: true });
  const rows = [HEADER];
  for (let film = 0; film < films; film++) {
    writeFileSync(join(folder, 'images', filmName(film)), await noise(film).png().toBuffer());
    rows.push([filmName(film), labels(film), film, patient(film), 50, 'F', 'PA'].join(','));
  }
  const [mark, end] = spreadsheet ? ['\uFEFF', '\r\n'] : ['', '\n'];
  writeFileSync(join(folder, 'Data_Entry_2017.csv'), `${mark}${rows.join(end)}${end}`);
}

function alternating(film: number): string {
  return film % 2 === 0 ? 'No Finding' : 'Effusion|Cardiomegaly';
}
