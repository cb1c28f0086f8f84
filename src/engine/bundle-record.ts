/** Beside a bundle's manifest: which checkpoint it was made from, with which options, by which importer. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Files } from '../core/context.ts';

export const RECORD_FILE = 'import.json';
export const RECORD_FORMAT = 'medvlm-import@1';

export const bundleRecord = z.strictObject({
  format: z.literal(RECORD_FORMAT),
  /** Name of the model plug-in. */
  model: z.string(),
  importerVersion: z.string(),
  /** Every default explicit. */
  options: z.record(z.string(), z.unknown()),
  /** SHA-256 over the checkpoint's bytes. */
  sourceDigest: z.string(),
  /** Name of the checkpoint's file or folder, without the folders above it. */
  sourceName: z.string(),
});

export type BundleRecord = z.infer<typeof bundleRecord>;

/** Undefined where there is none, or none that this version understands. */
export async function readBundleRecord(directory: string, files: Files): Promise<BundleRecord | undefined> {
  return readJsonAs(bundleRecord, join(directory, RECORD_FILE), files);
}

/** A small file of our own. Undefined where it is not there, or not as this version writes it. */
export async function readJsonAs<Value>(
  schema: z.ZodType<Value>,
  path: string,
  files: Files,
): Promise<Value | undefined> {
  if (!(await files.exists(path))) return undefined;
  const text = await files.readText(path);
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
