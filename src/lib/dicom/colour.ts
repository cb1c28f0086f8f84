/** Stored colour to planar 8-bit red, green, blue: YBR, palettes. PS3.3, C.7.6.3.1.2 and C.7.9. */
import { DataError } from '../../core/errors.ts';
import type { DicomDataset } from './dataset.ts';
import type { StoredValues } from './stored-values.ts';
import { TAG } from './tags.ts';
import { wordsOf } from './values.ts';

/** @returns [3, rows, columns]. @throws DataError where a palette is absent or segmented */
export function toColour(dataset: DicomDataset, stored: StoredValues): Uint8Array {
  const { description } = stored;
  if (description.photometric === 'PALETTE COLOR') return applyPalette(dataset, stored);
  const planes = bytePlanes(stored);
  // The JPEG 2000 decoder undoes its own colour transforms; no other compression does.
  const isYbr = description.photometric === 'YBR_FULL' || description.photometric === 'YBR_FULL_422';
  if (isYbr) ybrToRgb(planes);
  return planes;
}

function bytePlanes({ data, description }: StoredValues): Uint8Array {
  const { rows, columns, bitsStored } = description;
  const area = rows * columns;
  const planes = new Uint8Array(3 * area);
  const shift = Math.max(0, bitsStored - 8);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < area; i++) planes[c * area + i] = data[3 * i + c]! >> shift;
  }
  return planes;
}

function ybrToRgb(planes: Uint8Array): void {
  const area = planes.length / 3;
  const byte = (value: number) => Math.min(255, Math.max(0, Math.floor(value + 0.5)));
  for (let i = 0; i < area; i++) {
    const [y, blue, red] = [planes[i]!, planes[area + i]! - 128, planes[2 * area + i]! - 128];
    planes[i] = byte(y + 1.402 * red);
    planes[area + i] = byte(y - (0.114 * 1.772 * blue + 0.299 * 1.402 * red) / 0.587);
    planes[2 * area + i] = byte(y + 1.772 * blue);
  }
}

function applyPalette({ values, syntax }: DicomDataset, { data, description }: StoredValues): Uint8Array {
  const area = description.rows * description.columns;
  const planes = new Uint8Array(3 * area);
  const pairs = [
    [TAG.RedDescriptor, TAG.RedTable],
    [TAG.GreenDescriptor, TAG.GreenTable],
    [TAG.BlueDescriptor, TAG.BlueTable],
  ] as const;
  pairs.forEach(([descriptorTag, tableTag], c) => {
    const descriptor = wordsOf(values, descriptorTag, syntax.bigEndian);
    const count = descriptor[0] === 0 ? 65_536 : (descriptor[0] ?? 0);
    const isWide = descriptor[2] === 16;
    const entries = isWide ? wordsOf(values, tableTag, syntax.bigEndian) : (values.get(tableTag)?.bytes ?? []);
    if (count === 0 || entries.length < count) {
      throw new DataError(`unsupported DICOM palette, expected ${count} entries, got ${entries.length}`);
    }
    const first = description.signed ? (descriptor[1]! << 16) >> 16 : descriptor[1]!;
    for (let i = 0; i < area; i++) {
      const entry = entries[Math.min(count - 1, Math.max(0, data[i]! - first))]!;
      planes[c * area + i] = isWide ? entry >> 8 : entry;
    }
  });
  return planes;
}
