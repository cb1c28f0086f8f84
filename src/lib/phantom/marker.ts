/** Lead letters on a film: the side marker and the technician's initials, as small bitmaps. */
import { rng } from '../../core/rng.ts';
import type { PhantomView } from './acquisition.ts';
import type { Film } from './detector.ts';
import type { Site } from './population.ts';

/** Rows of five pixels, most significant bit on the left. */
const GLYPHS: Readonly<Record<string, readonly number[]>> = {
  L: [16, 16, 16, 16, 16, 16, 31],
  R: [30, 17, 17, 30, 20, 18, 17],
  A: [14, 17, 17, 31, 17, 17, 17],
  K: [17, 18, 20, 24, 20, 18, 17],
  M: [17, 27, 21, 21, 17, 17, 17],
  S: [15, 16, 16, 14, 1, 1, 30],
  T: [31, 4, 4, 4, 4, 4, 4],
};

/** Burns the marker into the pixels. Site A marks the patient's left, site B the right; laterals carry L. */
export function burnMarker(film: Film, site: Site, image: { seed: number; key: string; view: PhantomView }): void {
  const random = rng(image.seed, 'phantom marker', image.key);
  const size = site === 'A' ? 3 : 2;
  const letter = image.view === 'lateral' || site === 'A' ? 'L' : 'R';
  const onRight = letter === 'L' && image.view === 'frontal';
  const y = Math.round(film.height * (0.035 + 0.05 * random.next()));
  const inset = Math.round(film.width * (0.035 + 0.03 * random.next()));
  const x = onRight ? film.width - inset - 6 * size : inset;
  burnGlyph(film, { letter, x, y, size, grey: site === 'A' ? 250 : 235 });
  if (site === 'B') {
    const initials = ['AK', 'MS', 'TM', 'KT'][random.integer(4)]!;
    burnGlyph(film, { letter: initials[0]!, x, y: y + 9 * size, size: 1, grey: 225 });
    burnGlyph(film, { letter: initials[1]!, x: x + 7, y: y + 9 * size, size: 1, grey: 225 });
  }
}

interface Glyph {
  readonly letter: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly grey: number;
}

function burnGlyph(film: Film, { letter, x, y, size, grey }: Glyph): void {
  const rows = GLYPHS[letter] ?? [];
  for (let row = 0; row < rows.length * size; row++) {
    const bits = rows[Math.floor(row / size)]!;
    for (let column = 0; column < 5 * size; column++) {
      const px = x + column;
      const py = y + row;
      const lit = (bits >> (4 - Math.floor(column / size))) & 1;
      if (lit === 0 || px < 0 || py < 0 || px >= film.width || py >= film.height) continue;
      film.pixels[py * film.width + px] = grey;
    }
  }
}
