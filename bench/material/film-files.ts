/** Synthetic grey films of 1024 pixels as JPEG and PNG files: smooth anatomy-like shapes under detector noise. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { rng } from '../../src/core/rng.ts';

export const FILM_SIDE = 1024;

export function film(item: number): Uint8Array {
  const { next } = rng(7, 'benchmark-film', `${item}`);
  const blobs = Array.from({ length: 12 }, () => ({
    x: next() * FILM_SIDE,
    y: next() * FILM_SIDE,
    r: 60 + next() * 300,
    v: next() * 90,
  }));
  const pixels = new Uint8Array(FILM_SIDE * FILM_SIDE);
  for (let y = 0; y < FILM_SIDE; y++) {
    const rowBlobs = blobs.filter((blob) => Math.abs(y - blob.y) < blob.r);
    for (let x = 0; x < FILM_SIDE; x++) {
      let value = 40 + 40 * Math.sin((x + y * 0.3) / 180);
      for (const { x: cx, y: cy, r, v } of rowBlobs) {
        const distance = ((x - cx) ** 2 + (y - cy) ** 2) / (r * r);
        if (distance < 1) value += v * (1 - distance);
      }
      pixels[y * FILM_SIDE + x] = Math.max(0, Math.min(255, value + (next() + next() - 1) * 6));
    }
  }
  return pixels;
}

/** Writes `count` films and returns their paths. */
export async function writeFilms(folder: string, format: 'jpeg' | 'png', count: number): Promise<string[]> {
  const paths: string[] = [];
  for (let item = 0; item < count; item++) {
    const image = sharp(film(item), { raw: { width: FILM_SIDE, height: FILM_SIDE, channels: 1 } }).toColourspace('b-w');
    const bytes = await (format === 'jpeg' ? image.jpeg({ quality: 90 }) : image.png()).toBuffer();
    const path = join(folder, `${item}.${format}`);
    writeFileSync(path, bytes);
    paths.push(path);
  }
  return paths;
}
