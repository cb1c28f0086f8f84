/** Films, labels, people and reports of MIMIC-CXR → studies. */
import { CHEXPERT_FINDINGS, type Study, type StudyImage } from '../../../core/study.ts';
import type { ProblemTally } from '../../../lib/problem-tally.ts';
import type { Film, MimicStudies, MimicStudy } from './images.ts';
import type { Labels, StudyLabels } from './labels.ts';
import { ageAt, type Person } from './parts.ts';
import type { Reports } from './reports.ts';

export interface MimicTables {
  readonly films: MimicStudies;
  /** undefined: there are no labels at all. */
  readonly labels: StudyLabels | undefined;
  readonly people: ReadonlyMap<number, Person>;
  readonly reports: Reports;
}

export interface StudyChoice {
  readonly views: 'all' | 'frontal' | 'lateral';
  readonly dropMissing: boolean;
  /** Studies without labels are left out. */
  readonly needsLabels: boolean;
  readonly tally: ProblemTally;
}

/** Where a table of labels has no row for a study, nobody looked: every finding is uncertain, which is not "absent". */
const NOT_LABELLED: Labels = Object.fromEntries(CHEXPERT_FINDINGS.map((finding) => [finding, 'uncertain' as const]));
const NO_LABELS: Labels = {};

export function buildStudies(tables: MimicTables, choice: StudyChoice): readonly Study[] {
  const { films, labels, reports, people } = tables;
  const { tally } = choice;
  const studies: Study[] = [];
  const missed = { view: 0, disk: 0, labels: 0 };
  for (const made of films.values()) {
    const kept = keptFilms(made, choice);
    if (kept.length === 0) {
      missed[made.films.some(({ isThere }) => isThere) || !choice.dropMissing ? 'view' : 'disk']++;
      continue;
    }
    const known = labels?.get(made.study);
    if (labels && !known) missed.labels++;
    if (choice.needsLabels && !known) continue;
    const own = labels ? (known ?? NOT_LABELLED) : NO_LABELS;
    studies.push(
      studyOf(made, kept, { labels: own, person: people.get(made.patient), report: reports.get(made.study) }),
    );
  }
  const tell = (count: number, problem: string) => count > 0 && tally.add(`${count} ${problem}`, 'studies');
  tell(missed.disk, 'have no image on disk and are left out');
  tell(missed.view, `have no ${choice.views} image and are left out`);
  tell(
    missed.labels,
    choice.needsLabels ? 'have no labels and are left out' : 'have no row of labels: every finding is uncertain',
  );
  const orphans = labels ? [...labels.keys()].filter((study) => !films.has(study)).length : 0;
  if (orphans > 0) tally.add(`${orphans} are of studies without an image`, 'rows of labels');
  return studies;
}

function keptFilms({ films }: MimicStudy, { views, dropMissing }: StudyChoice): readonly Film[] {
  const kept = films.filter(({ view, isThere }) => (views === 'all' || view === views) && (!dropMissing || isThere));
  return kept.sort((a, b) => (a.dicom < b.dicom ? -1 : 1));
}

interface StudyParts {
  readonly labels: Labels;
  readonly person: Person | undefined;
  readonly report: Study['report'] | undefined;
}

const NO_REPORT: Study['report'] = {};

function studyOf(made: MimicStudy, films: readonly Film[], { labels, person, report }: StudyParts): Study {
  const images = films.map(({ dicom, view, path }): StudyImage => ({ id: dicom, view, path }));
  const ageYears = ageAt(person, made.year);
  return {
    id: `s${made.study}`,
    patientId: `p${made.patient}`,
    images,
    report: report ?? NO_REPORT,
    labels,
    ...(person?.sex === undefined ? {} : { sex: person.sex }),
    ...(ageYears === undefined ? {} : { ageYears }),
    acquisition: (films.find(({ view }) => view === 'frontal') ?? films[0]!).acquisition,
  };
}
