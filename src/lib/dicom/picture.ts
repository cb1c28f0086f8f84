/** A DICOM film to 8-bit pixels as a viewer shows it first (`dicom-voi@1`). */
import type { BytePixels } from '../image/pixels.ts';
import { toColour } from './colour.ts';
import { openDicom } from './dataset.ts';
import { toGrey } from './grey-table.ts';
import { type DicomCodecs, type StoredValues, storedValues } from './stored-values.ts';

/**
 * First frame: 1 channel for MONOCHROME1 and 2, 3 channels (red, green, blue) for colour.
 * @throws DataError in one line without patient data: truncated, corrupt, no pixels, too many, or an unsupported transfer syntax
 */
export async function decodeDicom(bytes: Uint8Array, codecs: DicomCodecs): Promise<BytePixels> {
  const dataset = openDicom(bytes);
  const stored = await storedValues(dataset, codecs);
  const { rows: height, columns: width, photometric } = stored.description;
  if (photometric.startsWith('MONOCHROME')) return { width, height, channels: 1, data: toGrey(dataset, stored) };
  return { width, height, channels: 3, data: toColour(dataset, stored) };
}

/** Stored values of the first frame, before any transform. @throws DataError as `decodeDicom` */
export async function decodeStoredValues(bytes: Uint8Array, codecs: DicomCodecs): Promise<StoredValues> {
  return storedValues(openDicom(bytes), codecs);
}
