/** The suite as the report shows it: a report is passed on, and where a person keeps files is nobody else's business. */
import { basename, isAbsolute } from 'node:path';
import { stringify } from 'yaml';
import type { Suite } from '../core/suite.ts';

/** YAML of the resolved suite with the folders of absolute paths left out; `suite.yaml` of the run folder keeps them. */
export function shownSuite(suite: Suite): string {
  return stringify({
    ...suite,
    datasets: suite.datasets.map((dataset) =>
      dataset.root === undefined ? dataset : { ...dataset, root: withoutFolders(dataset.root) },
    ),
    models: suite.models.map((model) => ({
      ...model,
      ...(model.from !== undefined && { from: shownFrom(model.from) }),
    })),
  });
}

function shownFrom(from: string | readonly string[]): string | string[] {
  return typeof from === 'string' ? withoutFolders(from) : from.map(withoutFolders);
}

function withoutFolders(path: string): string {
  return isAbsolute(path) ? `…/${basename(path)}` : path;
}
