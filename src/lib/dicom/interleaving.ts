/** Native colour to samples by pixel: planes, and 4:2:2 with chroma shared by two pixels. PS3.3, C.7.6.3.1.2 and C.7.6.3.1.3. */
import type { PixelDescription } from './pixel-description.ts';

/** @returns samples [rows, columns, 3] */
export function byPixel(data: Uint8Array | Uint16Array, description: PixelDescription): Uint8Array | Uint16Array {
  if (description.photometric === 'YBR_FULL_422') return unshared(data, description.rows * description.columns);
  return description.planar ? interleaved(data) : data;
}

function sameKind(data: Uint8Array | Uint16Array, length: number): Uint8Array | Uint16Array {
  return data instanceof Uint8Array ? new Uint8Array(length) : new Uint16Array(length);
}

function interleaved(planes: Uint8Array | Uint16Array): Uint8Array | Uint16Array {
  const area = planes.length / 3;
  const data = sameKind(planes, planes.length);
  for (let i = 0, to = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) data[to++] = planes[c * area + i]!;
  }
  return data;
}

/** Y1 Y2 Cb Cr for every two pixels. */
function unshared(pairs: Uint8Array | Uint16Array, area: number): Uint8Array | Uint16Array {
  const data = sameKind(pairs, 3 * area);
  for (let i = 0; i < area; i++) {
    const pair = (i >> 1) * 4;
    data[3 * i] = pairs[pair + (i & 1)]!;
    data[3 * i + 1] = pairs[pair + 2]!;
    data[3 * i + 2] = pairs[pair + 3]!;
  }
  return data;
}
