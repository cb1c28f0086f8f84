/** The picture of datasets: every section computed from studies, a split and a sample of decoded images. */
import { mayShow } from '../../core/data-use.ts';
import type { DatasetDefinition, OpenDataset, Part } from '../../core/dataset.ts';
import { compareGroups, type Group } from './compare-groups.ts';
import type { DatasetPicture, EdaData, GroupComparison } from './eda-data.ts';
import { labelPicture } from './label-picture.ts';
import { acquisitionFields, peoplePicture, viewCategories } from './people-picture.ts';
import { pixelPicture, type SampledImage } from './pixel-picture.ts';
import { reportPicture } from './report-picture.ts';

export interface EdaInput {
  readonly definition: DatasetDefinition;
  readonly opened: OpenDataset;
  readonly split: { readonly name: string; readonly digest: string; readonly parts: readonly Part[] };
  /** Sample of the images; undefined where none was looked at. */
  readonly images: readonly SampledImage[] | undefined;
}

const COMPARED: readonly (readonly [Part, Part])[] = [
  ['train', 'validation'],
  ['train', 'test'],
  ['validation', 'test'],
];

/** Sentences and ids of images are of open data alone. */
export function describeDatasets(inputs: readonly EdaInput[], seed: number): EdaData {
  const comparisons = [
    ...inputs.flatMap((input) => compareParts(input, inputs.length > 1)),
    ...inputs.flatMap((a, i) => inputs.slice(i + 1).map((b) => compareDatasets(a, b))),
  ];
  return { schema: 'medvlm-eda@1', seed, datasets: inputs.map((input) => describe(input, seed)), comparisons };
}

function describe({ definition, opened, split, images }: EdaInput, seed: number): DatasetPicture {
  const { name, version, title, tier, licence, citation, synthetic } = definition;
  const { studies, digest, problems } = opened;
  const parts: Partial<Record<Part, number>> = {};
  for (const part of split.parts) parts[part] = (parts[part] ?? 0) + 1;
  const total = studies.reduce((sum, study) => sum + study.images.length, 0);
  return {
    ...{ name, version, title, tier, licence, citation, synthetic, digest },
    patients: new Set(studies.map(({ patientId }) => patientId)).size,
    studies: studies.length,
    images: total,
    problems: problems.length,
    split: { name: split.name, digest: split.digest, parts },
    labels: labelPicture(studies, definition.findings),
    people: peoplePicture(studies),
    views: viewCategories(studies),
    acquisition: acquisitionFields(studies),
    reports: reportPicture(studies, { seed, showTexts: mayShow(tier, 'text') }),
    ...(images === undefined
      ? {}
      : { pixels: pixelPicture(images, { of: total, showImages: mayShow(tier, 'ids') && mayShow(tier, 'pixels') }) }),
  };
}

function compareParts({ definition, opened, split, images }: EdaInput, isNamed: boolean): readonly GroupComparison[] {
  const group = (part: Part): Group => ({
    name: isNamed ? `${definition.name}: ${part}` : part,
    studies: opened.studies.filter((_, index) => split.parts[index] === part),
    images: (images ?? []).filter(({ study }) => split.parts[study] === part),
  });
  return COMPARED.filter((pair) => pair.every((part) => split.parts.includes(part))).map(([a, b]) =>
    compareGroups(group(a), group(b), { kind: 'parts', findings: definition.findings }),
  );
}

function compareDatasets(a: EdaInput, b: EdaInput): GroupComparison {
  const findings = a.definition.findings.filter((finding) => b.definition.findings.includes(finding));
  const group = ({ definition, opened, images }: EdaInput): Group => ({
    name: definition.name,
    studies: opened.studies,
    images: images ?? [],
  });
  return compareGroups(group(a), group(b), { kind: 'datasets', findings });
}
