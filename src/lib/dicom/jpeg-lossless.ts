/** JPEG lossless, process 14, all seven predictors. Source: ITU-T T.81, annex H. */
import { BitReader, type HuffmanTable } from './jpeg-huffman.ts';
import { corrupt, type JpegFile, readJpeg } from './jpeg-segments.ts';

export interface JpegSamples {
  readonly width: number;
  readonly height: number;
  readonly samples: number;
  readonly precision: number;
  /** [height, width, samples]. */
  readonly data: Uint16Array | Uint8Array;
}

/** @throws DataError where the data is no lossless JPEG of unsubsampled components, or is truncated */
export function decodeJpegLossless(bytes: Uint8Array): JpegSamples {
  const file = readJpeg(bytes);
  const { width, height, precision, components } = file;
  if (file.process !== 3) corrupt(`expected a lossless frame, got process ${file.process}`);
  if (precision < 2 || precision > 16) corrupt(`expected 2 to 16 bits, got ${precision}`);
  if (file.scan[0] < 1 || file.scan[0] > 7) corrupt(`expected predictor 1 to 7, got ${file.scan[0]}`);
  if (
    components.some((one) => one.horizontal !== components[0]!.horizontal || one.vertical !== components[0]!.vertical)
  ) {
    corrupt('subsampled lossless components');
  }
  const data = new Uint16Array(width * height * components.length);
  const perRow = Math.max(1, file.restartInterval === 0 ? height : Math.floor(file.restartInterval / width));
  file.intervals.forEach((interval, i) => {
    const first = i * perRow;
    if (first < height) decodeRows(file, new BitReader(interval), data, [first, Math.min(height, first + perRow)]);
  });
  if (file.intervals.length * perRow < height) corrupt('it ends before the last row');
  return { width, height, samples: components.length, precision, data };
}

/** Rows from `first` to `end`; the first one is predicted as after a restart. */
function decodeRows(file: JpegFile, bits: BitReader, data: Uint16Array, [first, end]: readonly [number, number]): void {
  const { width, components } = file;
  const tables = components.map(({ dcTable }) => file.huffman[dcTable] ?? corrupt('scan without its Huffman table'));
  const stride = width * components.length;
  for (let y = first; y < end; y++) {
    const [row, predictor] = [y * stride, y === first ? 1 : file.scan[0]];
    if (tables.length === 1)
      decodeGreyRow(bits, tables[0]!, data, { row, width, predictor, start: startOf(file, y, first) });
    else decodeColourRow(file, bits, tables, { data, row, predictor, start: startOf(file, y, first) });
    if (bits.isExhausted) corrupt('it ends before the last row');
  }
  const shift = file.scan[2] & 15;
  if (shift > 0) for (let i = first * stride; i < end * stride; i++) data[i] = data[i]! << shift;
}

/** Prediction of the first sample of a row: half the range at a restart, else the sample above (undefined). */
function startOf(file: JpegFile, y: number, first: number): number | undefined {
  return y === first ? 1 << (file.precision - (file.scan[2] & 15) - 1) : undefined;
}

interface Row {
  readonly row: number;
  readonly width: number;
  readonly predictor: number;
  readonly start: number | undefined;
}

function decodeGreyRow(
  bits: BitReader,
  table: HuffmanTable,
  data: Uint16Array,
  { row, width, predictor, start }: Row,
): void {
  let left = (start ?? data[row - width]!) + difference(bits, table);
  data[row] = left;
  if (predictor === 1) {
    for (let i = row + 1; i < row + width; i++) {
      left = (left + difference(bits, table)) & 0xffff;
      data[i] = left;
    }
    return;
  }
  for (let i = row + 1; i < row + width; i++) {
    const above = data[i - width]!;
    data[i] = predict(predictor, data[i - 1]!, above, data[i - width - 1]!) + difference(bits, table);
  }
}

interface ColourRow {
  readonly data: Uint16Array;
  readonly row: number;
  readonly predictor: number;
  readonly start: number | undefined;
}

function decodeColourRow(file: JpegFile, bits: BitReader, tables: readonly HuffmanTable[], place: ColourRow): void {
  const { data, row, predictor, start } = place;
  const samples = tables.length;
  const stride = file.width * samples;
  for (let x = 0, i = row; x < file.width; x++) {
    for (let c = 0; c < samples; c++, i++) {
      const above = start === undefined ? data[i - stride]! : 0;
      const corner = start === undefined ? data[i - stride - samples]! : 0;
      const guess = x === 0 ? (start ?? above) : predict(predictor, data[i - samples]!, above, corner);
      data[i] = guess + difference(bits, tables[c]!);
    }
  }
}

function difference(bits: BitReader, table: HuffmanTable): number {
  const size = bits.symbol(table);
  // Size 16 stands for 32768 and has no further bits (T.81, H.1.2.2).
  if (size === 16) return 32768;
  if (size < 0 || size > 16) corrupt('impossible code');
  return bits.signed(size);
}

/** T.81, table H.1. */
function predict(predictor: number, left: number, above: number, corner: number): number {
  switch (predictor) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return corner;
    case 4:
      return left + above - corner;
    case 5:
      return left + ((above - corner) >> 1);
    case 6:
      return above + ((left - corner) >> 1);
    default:
      return (left + above) >> 1;
  }
}
