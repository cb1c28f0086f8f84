/** JPEG baseline and extended sequential (Huffman) of 8 or 12 bits; components as they are, without colour conversion. T.81, F.2. */
import { BitReader, type HuffmanTable } from './jpeg-huffman.ts';
import { inverseDct } from './jpeg-idct.ts';
import type { JpegSamples } from './jpeg-lossless.ts';
import { corrupt, type JpegComponent, type JpegFile, readJpeg } from './jpeg-segments.ts';

/** Natural position of each coefficient in zig-zag order. Source: T.81, figure A.6. */
const ZIGZAG = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);

/** One component at its own resolution, whole blocks. */
interface Plane {
  readonly horizontal: number;
  readonly vertical: number;
  readonly stride: number;
  readonly data: Uint16Array;
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
  readonly quantization: Uint16Array;
}

/** @throws DataError where the data is no sequential JPEG of one scan, or is truncated */
export function decodeJpegSequential(bytes: Uint8Array): JpegSamples {
  const file = readJpeg(bytes);
  const { width, height, precision, components } = file;
  if (file.process > 1) corrupt(`expected a baseline or extended frame, got process ${file.process}`);
  if (precision !== 8 && precision !== 12) corrupt(`expected 8 or 12 bits, got ${precision}`);
  const single = components.length === 1;
  const [horizontal, vertical] = single ? [1, 1] : [largest(components, 'horizontal'), largest(components, 'vertical')];
  const across = Math.ceil(width / (8 * horizontal));
  const down = Math.ceil(height / (8 * vertical));
  const planes = components.map((one) =>
    planeOf(file, single ? { ...one, horizontal: 1, vertical: 1 } : one, across, down),
  );
  decodeScan(file, planes, across, down);
  return {
    width,
    height,
    precision,
    samples: planes.length,
    data: interleave(planes, { width, height, horizontal, vertical }),
  };
}

function largest(components: readonly JpegComponent[], key: 'horizontal' | 'vertical'): number {
  return Math.max(...components.map((one) => one[key]));
}

function planeOf(file: JpegFile, one: JpegComponent, across: number, down: number): Plane {
  const { horizontal, vertical } = one;
  const missing = () => corrupt('scan without its tables');
  return {
    horizontal,
    vertical,
    stride: across * horizontal * 8,
    data: new Uint16Array(across * horizontal * 8 * down * vertical * 8),
    dc: file.huffman[one.dcTable] ?? missing(),
    ac: file.huffman[one.acTable] ?? missing(),
    quantization: file.quantization[one.quantization] ?? missing(),
  };
}

function decodeScan(file: JpegFile, planes: readonly Plane[], across: number, down: number): void {
  const total = across * down;
  const per = file.restartInterval || total;
  if (file.intervals.length * per < total) corrupt('it ends before the last row');
  const block = new Int32Array(64);
  for (let first = 0, i = 0; first < total; first += per, i++) {
    const bits = new BitReader(file.intervals[i]!);
    const predictions = planes.map(() => 0);
    for (let unit = first; unit < Math.min(total, first + per); unit++) {
      const [row, column] = [Math.floor(unit / across), unit % across];
      planes.forEach((plane, c) => {
        predictions[c] = decodeUnit(bits, plane, {
          block,
          row,
          column,
          precision: file.precision,
          dc: predictions[c]!,
        });
      });
      if (bits.isExhausted) corrupt('it ends before the last row');
    }
  }
}

interface Unit {
  readonly block: Int32Array;
  readonly row: number;
  readonly column: number;
  readonly precision: number;
  readonly dc: number;
}

/** All blocks of one component in one MCU. @returns the DC prediction of the next */
function decodeUnit(bits: BitReader, plane: Plane, unit: Unit): number {
  const { block, precision } = unit;
  let { dc } = unit;
  for (let v = 0; v < plane.vertical; v++) {
    for (let h = 0; h < plane.horizontal; h++) {
      dc = decodeBlock(bits, plane, block, dc);
      inverseDct(block, precision);
      const y = 8 * (unit.row * plane.vertical + v);
      store(block, plane, y * plane.stride + 8 * (unit.column * plane.horizontal + h), precision);
    }
  }
  return dc;
}

function decodeBlock(bits: BitReader, { dc, ac, quantization }: Plane, block: Int32Array, previous: number): number {
  block.fill(0);
  const size = bits.symbol(dc);
  if (size < 0 || size > 15) corrupt('impossible code');
  const value = previous + bits.signed(size);
  block[0] = value * quantization[0]!;
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(ac);
    if (symbol < 0) corrupt('impossible code');
    const run = symbol >> 4;
    if ((symbol & 15) === 0) {
      if (run < 15) break;
      k += 15;
      continue;
    }
    k += run;
    if (k > 63) corrupt('a run passes the end of its block');
    block[ZIGZAG[k]!] = bits.signed(symbol & 15) * quantization[k]!;
  }
  return value;
}

function store(block: Int32Array, { data, stride }: Plane, at: number, precision: number): void {
  const centre = 1 << (precision - 1);
  const top = (1 << precision) - 1;
  for (let i = 0; i < 64; i++) {
    const value = block[i]! + centre;
    data[at + (i >> 3) * stride + (i & 7)] = value < 0 ? 0 : value > top ? top : value;
  }
}

interface Full {
  readonly width: number;
  readonly height: number;
  readonly horizontal: number;
  readonly vertical: number;
}

function interleave(planes: readonly Plane[], { width, height, horizontal, vertical }: Full): Uint16Array {
  const data = new Uint16Array(width * height * planes.length);
  planes.forEach((plane, c) => {
    const [across, down] = [horizontal / plane.horizontal, vertical / plane.vertical];
    const line = new Uint16Array(Math.ceil(plane.stride * across));
    for (let y = 0; y < height; y++) {
      const from = Math.floor(y / down) * plane.stride;
      widen(plane.data.subarray(from, from + Math.ceil(width / across)), across, line);
      for (let x = 0, to = y * width * planes.length + c; x < width; x++, to += planes.length) data[to] = line[x]!;
    }
  });
  return data;
}

/** Doubled samples are weighted 3 : 1 with their neighbour, as the reference software does; other factors repeat. */
function widen(samples: Uint16Array, factor: number, line: Uint16Array): void {
  const last = samples.length - 1;
  if (factor !== 2 || last < 1) {
    for (let x = 0; x < line.length; x++) line[x] = samples[Math.min(last, Math.floor(x / factor))]!;
    return;
  }
  for (let i = 0; i <= last; i++) {
    const value = 3 * samples[i]!;
    line[2 * i] = i === 0 ? samples[0]! : (value + samples[i - 1]! + 1) >> 2;
    line[2 * i + 1] = i === last ? samples[last]! : (value + samples[i + 1]! + 2) >> 2;
  }
}
