/** Opens a dataset that a command line names: plug-in, folder, options. */
import { resolve } from 'node:path';
import { catalog } from '../../../catalog/index.ts';
import type { Context } from '../../../core/context.ts';
import type { DatasetDefinition, OpenDataset } from '../../../core/dataset.ts';
import { ConfigError, DataError } from '../../../core/errors.ts';
import { parseAssignment, parseOptions, pick } from '../../../engine/suite-file.ts';

export interface Release {
  /** With the tier and the findings of the opened data. */
  readonly definition: DatasetDefinition;
  readonly opened: OpenDataset;
  readonly root: string | undefined;
}

export interface ReleaseRequest {
  /** Folder as typed; undefined for a dataset that makes itself. */
  readonly folder: string | undefined;
  /** `key=value` of the plug-in's options. */
  readonly options: readonly string[];
}

/** @throws ConfigError for an unknown name or option, DataError where the folder is none or cannot be read */
export async function openRelease(name: string, request: ReleaseRequest, context: Context): Promise<Release> {
  const definition = pick('dataset', name, catalog.datasets);
  const given = Object.fromEntries(request.options.map((text) => parseAssignment(text, '--option')));
  const options = parseOptions('dataset', name, definition.options, given);
  const root = request.folder === undefined ? undefined : resolve(request.folder);
  if (root !== undefined && !(await context.files.isDirectory(root)))
    throw new DataError(`dataset ${name}: root, expected a folder, got none (${root})`, definition.obtain);
  const opened = await definition.open(root, options, context);
  const { tier = definition.tier, findings = definition.findings } = opened; // where the data themselves say so
  return { definition: { ...definition, tier, findings }, opened, root };
}

/** The folder, given by its place or after --root. @throws ConfigError where both are given and differ */
export function chosenFolder(place: string | undefined, root: string | undefined): string | undefined {
  if (place !== undefined && root !== undefined && place !== root)
    throw new ConfigError(`expected one folder, got "${place}" and --root "${root}"`);
  return place ?? root;
}
