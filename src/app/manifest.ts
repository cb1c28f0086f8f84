/** Provenance of a run: versions, machine, digests of data, weights and prompts, seeds, wall times. No patient data. */
import { catalog } from '../catalog/index.ts';
import { digestOf } from '../core/digest.ts';
import { describeMachine, peakResidentBytes } from '../engine/machine.ts';
import type { Prepared } from '../engine/prepare.ts';
import { dependencyVersions, gitRevision, packageVersion } from './cli/version.ts';
import type { RunRecord } from './run-record.ts';

/** Versions that decide numbers: of the package and of every plug-in. A change makes an old run stale. */
export function codeVersions(): Readonly<Record<string, string>> {
  const plugins = [catalog.datasets, catalog.models, catalog.tasks, catalog.metrics, catalog.prompts].flatMap((table) =>
    [...table].map(([name, plugin]) => [name, plugin.version] as const),
  );
  return { package: packageVersion(), ...Object.fromEntries(plugins) };
}

/** What does not depend on machine or time: shown in the report, which must have the same bytes everywhere. */
export function provenance(prepared: Prepared): Record<string, unknown> {
  return {
    version: packageVersion(),
    packages: dependencyVersions(),
    datasets: prepared.datasets.map(({ view, digest, digests }) => ({
      id: view.id,
      name: view.name,
      version: view.version,
      digest,
      split: view.split,
      images: digestOf([...digests.digests.values()].sort()),
    })),
    models: prepared.models.map(({ id, use, variant, members }) => ({
      id,
      use,
      variant,
      checkpoints: members.map(({ bundle: { sourceDigest, manifest } }) => {
        return { sha256: sourceDigest, options: manifest.options ?? {}, files: manifest.files };
      }),
    })),
    prompts: Object.fromEntries([...catalog.prompts].map(([name, set]) => [name, digestOf(set.prompts)])),
    seed: prepared.suite.seed,
  };
}

/** Tier of each dataset, and what the suite's author acknowledged to be allowed to send elsewhere. */
function dataUse({ suite, datasets }: Prepared) {
  const tiers = Object.fromEntries(datasets.map(({ view }) => [view.id, view.tier]));
  return { tiers, acknowledged: suite.acknowledge ?? [] };
}

export function buildManifest(record: RunRecord): Record<string, unknown> {
  const { inputs, loaded, prepared, inferred, timer } = record;
  return {
    format: 'medvlm-run@1',
    inputs,
    suite: { name: loaded.suite.name, version: loaded.suite.version, digest: loaded.digest },
    ...provenance(prepared),
    dataUse: dataUse(prepared),
    plugins: codeVersions(),
    gitRevision: gitRevision(),
    machine: describeMachine(),
    inferred,
    items: record.judged.items,
    peakResidentBytes: peakResidentBytes() ?? null,
    wallSeconds: timer.seconds(),
  };
}
