/** Records of either form to studies: labels from codes, views from projections, paths from the folder, problems counted. */
import { join } from 'node:path';
import type { DataProblem } from '../../../core/dataset.ts';
import type { Study, StudyImage, View } from '../../../core/study.ts';
import { readSections } from '../../../lib/text/report-sections.ts';
import { type ImageFiles, imageId, viewOfCaption } from './images.ts';
import { meshLabels } from './mesh.ts';
import type { IuRecord } from './open-i.ts';

const MISSING = 'image is listed but missing';

export interface Surroundings {
  readonly root: string;
  readonly files: ImageFiles;
  /** View by image id, from the projections table where there is one. */
  readonly views: ReadonlyMap<string, View>;
}

export interface StudiesAndProblems {
  readonly studies: readonly Study[];
  readonly problems: readonly DataProblem[];
}

export function studiesOf(records: readonly IuRecord[], surroundings: Surroundings): StudiesAndProblems {
  const problems: DataProblem[] = [];
  const unknownHeadings = new Map<string, number>();
  const owners = new Map<string, string>();
  const studies = records.map((record) => studyOf(record, surroundings, { problems, unknownHeadings, owners }));
  for (const [heading, count] of [...unknownHeadings].sort())
    problems.push({
      item: `MeSH heading "${heading}"`,
      problem: `not in the mapping, counted as abnormal (${count} studies)`,
    });
  return { studies, problems };
}

interface Findings {
  readonly problems: DataProblem[];
  readonly unknownHeadings: Map<string, number>;
  /** Study by image id. */
  readonly owners: Map<string, string>;
}

function studyOf(record: IuRecord, surroundings: Surroundings, found: Findings): Study {
  const say = (problem: string) => found.problems.push({ item: record.uid, problem });
  const { report, faults } = readSections(record.sections);
  for (const { section, fault } of faults)
    if (fault !== 'redacted' || section === 'findings' || section === 'impression')
      say(`${section} is treated as absent: ${fault}`);
  if (report.findings === undefined && report.impression === undefined)
    say('report has neither findings nor impression');
  const { labels, indexed, unknown } = meshLabels(record.mesh);
  if (!indexed) say('report was not indexed: every label is uncertain');
  for (const heading of unknown) found.unknownHeadings.set(heading, (found.unknownHeadings.get(heading) ?? 0) + 1);
  const images = imagesOf(record, surroundings, found);
  if (images.length === 0) say('study has no image');
  return { id: record.uid, patientId: record.uid, images, report, labels, acquisition: {} };
}

function imagesOf(record: IuRecord, { root, files, views }: Surroundings, found: Findings): StudyImage[] {
  const captions = record.images.map(({ caption }) => caption);
  const images: StudyImage[] = [];
  for (const { name, caption } of record.images) {
    const id = imageId(name);
    const path = files.paths.get(id);
    const owner = found.owners.get(id);
    const say = (problem: string) => found.problems.push({ item: id, problem });
    if (owner !== undefined) {
      say(`image is listed twice: it stays with study ${owner}`);
      continue;
    }
    found.owners.set(id, record.uid);
    if (path === undefined) say(MISSING);
    if (files.repeated.has(id)) say(`image has ${files.repeated.get(id)} files: ${path} is used`);
    const view = views.get(id) ?? viewOfCaption(caption, captions);
    images.push({ id, view, path: join(root, path ?? `${files.folder}/${missingName(name)}`) });
  }
  return images.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function missingName(name: string): string {
  return /\.(png|jpe?g)$/i.test(name) ? name : `${name}.png`;
}

/** Leaves out images that are not on disk and studies that then have none; both are counted in one line each. */
export function dropMissing(all: StudiesAndProblems, paths: ReadonlyMap<string, string>): StudiesAndProblems {
  const studies = all.studies
    .map((study) => ({ ...study, images: study.images.filter(({ id }) => paths.has(id)) }))
    .filter(({ images }) => images.length > 0);
  const missing = all.problems.filter(({ problem }) => problem === MISSING).length;
  const dropped = all.studies.length - studies.length;
  const ids = new Set(studies.flatMap(({ id, images }) => [id, ...images.map((image) => image.id)]));
  const problems = all.problems.filter(({ item, problem }) => problem !== MISSING && ids.has(item));
  if (missing > 0) problems.push({ item: 'images', problem: `${missing} listed images are missing and left out` });
  if (dropped > 0)
    problems.push({ item: 'studies', problem: `${dropped} studies without an image on disk are left out` });
  return { studies, problems };
}
