/** Gathers from disk what an audit of a dataset judges: files that are there, pictures, files nobody lists, parts of splits. */
import { relative } from 'node:path';
import type { Context } from '../core/context.ts';
import type { DatasetDefinition, OpenDataset } from '../core/dataset.ts';
import { MedvlmError } from '../core/errors.ts';
import { type Audit, audit } from '../lib/audit/audit.ts';
import type { AuditedImage, AuditedSplit } from '../lib/audit/image-rules.ts';
import type { ImageOutcome } from '../lib/eda/image-facts.ts';
import { readImageFacts } from './image-facts.ts';
import { resolveSplit } from './resolve-split.ts';

export interface DatasetAuditRequest {
  readonly definition: DatasetDefinition;
  readonly opened: OpenDataset;
  /** Absolute folder of the release; undefined for a dataset that makes itself. */
  readonly root: string | undefined;
  /** One split (a manifest's path is absolute); all that the dataset names unless given. */
  readonly split?: string;
  /** Decode every image: finds corrupt ones, copies and lookalikes. */
  readonly decodeImages: boolean;
  readonly showIds?: boolean;
}

/** @throws ConfigError, DataError for a split that was asked for and cannot be had */
export async function auditDataset(request: DatasetAuditRequest, context: Context): Promise<Audit> {
  const { definition, opened, root, showIds } = request;
  const splits = await splitsOf(request, context); // before hours of decoding
  const listed = opened.studies.flatMap((study, index) =>
    study.images.map(({ id, path }) => ({ id, path, study: index })),
  );
  const paths = listed.map(({ path }) => path);
  const outcomes = request.decodeImages
    ? await readImageFacts(paths, { scope: root ?? definition.name, context })
    : await presence(paths, context);
  const images: AuditedImage[] = listed.map(({ id, study }, index) => ({ id, study, outcome: outcomes[index]! }));
  const strayFiles = root === undefined ? [] : await unlisted(root, paths, context);
  return audit({ definition, opened, images, strayFiles, splits, ...(showIds === undefined ? {} : { showIds }) });
}

const CONCURRENT = 64;

async function presence(paths: readonly string[], context: Context): Promise<readonly ImageOutcome[]> {
  const outcomes: ImageOutcome[] = [];
  for (let start = 0; start < paths.length; start += CONCURRENT) {
    const step = paths.slice(start, start + CONCURRENT);
    const there = await Promise.all(step.map((path) => context.files.exists(path)));
    outcomes.push(...there.map((isThere): ImageOutcome => ({ state: isThere ? 'present' : 'missing' })));
  }
  return outcomes;
}

const PICTURE = /\.(png|jpe?g|tiff?|webp|dcm|dicom)$/i;

async function unlisted(root: string, paths: readonly string[], context: Context): Promise<readonly string[]> {
  const listed = new Set(paths.map((path) => relative(root, path)));
  const files = await context.files.list(root);
  return files.map(({ path }) => path).filter((path) => PICTURE.test(path) && !listed.has(path));
}

async function splitsOf(request: DatasetAuditRequest, context: Context): Promise<readonly AuditedSplit[]> {
  const { definition, opened, split } = request;
  const resolve = (name: string) => resolveSplit(definition, opened, { name, context, mayLeak: true });
  if (split !== undefined) return [await resolve(split)];
  const splits: AuditedSplit[] = [];
  for (const name of definition.splits) {
    try {
      splits.push(await resolve(name));
    } catch (cause) {
      if (!(cause instanceof MedvlmError)) throw cause; // a split whose lists are not in this release
    }
  }
  return splits;
}
