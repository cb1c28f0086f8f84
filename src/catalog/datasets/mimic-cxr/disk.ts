/** Which films are on disk: their expected paths are asked for, and folders are listed only where one of them is not there. */
import { join } from 'node:path';
import type { Context } from '../../../core/context.ts';
import { DataError } from '../../../core/errors.ts';
import type { ProblemTally } from '../../../lib/problem-tally.ts';
import type { Film, MimicStudies, MimicStudy } from './images.ts';
import type { Release } from './tables.ts';

export type Extension = 'jpg' | 'dcm';

/** `p10` of patient 10000032. */
export const groupOf = (patient: number) => `p${Math.floor(patient / 1_000_000)}`;

interface Search {
  readonly context: Context;
  readonly extension: Extension;
  readonly tally: ProblemTally;
}

/**
 * Sets `path` and `isThere` of every film, whatever the case of its file's name. What is missing is counted for each group
 * (p10 … p19). @returns how many films are there
 */
export async function findFilms(
  studies: MimicStudies,
  { release, extension, tally }: { release: Release; extension: Extension; tally: ProblemTally },
): Promise<number> {
  const { context } = release;
  const base = baseOf(release);
  const present = new Set((await context.files.isDirectory(base)) ? await context.files.names(base) : []);
  const groups = [...byGroup(studies)].sort(([a], [b]) => (a < b ? -1 : 1));
  let found = 0;
  for (const [index, [group, patients]] of groups.entries()) {
    const films = placeFilms(join(base, group), patients, extension);
    const isHere = present.has(group);
    if (isHere) await findGroup(join(base, group), { films, patients }, { context, extension, tally });
    const here = films.filter(({ isThere }) => isThere).length;
    if (here < films.length)
      tally.add(
        `${films.length - here} of ${films.length} images are not on disk`,
        `${group}${isHere ? '' : ' (no folder)'}`,
      );
    found += here;
    context.progress('groups of images', index + 1, groups.length);
  }
  return found;
}

/** The groups lie in `files`, or right in the root. */
function baseOf({ root, names }: Release): string {
  return names.includes('files') || !names.some((name) => /^p1\d$/.test(name)) ? join(root, 'files') : root;
}

type Patients = ReadonlyMap<number, readonly MimicStudy[]>;

function byGroup(studies: MimicStudies): ReadonlyMap<string, Patients> {
  const groups = new Map<string, Map<number, MimicStudy[]>>();
  for (const study of studies.values()) {
    const group = groupOf(study.patient);
    const patients = groups.get(group) ?? new Map<number, MimicStudy[]>();
    const ofPatient = patients.get(study.patient);
    if (ofPatient) ofPatient.push(study);
    else patients.set(study.patient, [study]);
    groups.set(group, patients);
  }
  return groups;
}

/** Gives each film the path that the release has for it. */
function placeFilms(folder: string, patients: Patients, extension: Extension): readonly Film[] {
  const placed: Film[] = [];
  for (const [patient, studies] of patients)
    for (const { study, films } of studies)
      for (const film of films) {
        film.path = join(folder, `p${patient}`, `s${study}`, `${film.dicom}.${extension}`);
        placed.push(film);
      }
  return placed;
}

/** Folders listed at a time: a disk answers many questions at once, a network drive even more. */
const AT_ONCE = 64;

async function findGroup(
  folder: string,
  { films, patients }: { films: readonly Film[]; patients: Patients },
  search: Search,
): Promise<void> {
  const answers = await search.context.files.present(films.map(({ path }) => path));
  films.forEach((film, index) => {
    film.isThere = answers[index]!;
  });
  const listed = (await namesOf(folder, search)).filter((name) => /^p\d{8}$/.test(name));
  const strangers = listed.filter((name) => !patients.has(Number(name.slice(1)))).length;
  if (strangers > 0)
    search.tally.add(`${strangers} folders of patients without a row are left out`, folder.split(/[\\/]/).at(-1)!);
  const incomplete = listed.filter((name) => (patients.get(Number(name.slice(1))) ?? []).some(isIncomplete));
  for (let start = 0; start < incomplete.length; start += AT_ONCE)
    await Promise.all(
      incomplete.slice(start, start + AT_ONCE).map((name) => {
        const studies = patients.get(Number(name.slice(1)))!.filter(isIncomplete);
        return searchPatient(join(folder, name), studies, search);
      }),
    );
}

const isIncomplete = ({ films }: MimicStudy) => films.some(({ isThere }) => !isThere);

async function searchPatient(folder: string, studies: readonly MimicStudy[], search: Search): Promise<void> {
  const present = new Set(await namesOf(folder, search));
  const here = studies.filter(({ study }) => present.has(`s${study}`));
  await Promise.all(
    here.map(async ({ study, films }) => {
      const place = join(folder, `s${study}`);
      matchFilms({ folder: place, names: await namesOf(place, search) }, films, search);
    }),
  );
}

interface Listed {
  readonly folder: string;
  readonly names: readonly string[];
}

/** Names in another case, and `.jpeg`. */
function matchFilms({ folder, names }: Listed, films: readonly Film[], { extension, tally }: Search): void {
  for (const name of names) {
    const dot = name.lastIndexOf('.');
    const ending = name
      .slice(dot + 1)
      .toLowerCase()
      .replace('jpeg', 'jpg');
    if (ending !== extension) continue;
    const film = films.find(({ dicom }) => dicom.toLowerCase() === name.slice(0, dot).toLowerCase());
    if (film === undefined) tally.add('image on disk without a row in the table is left out', name);
    else if (!film.isThere) {
      film.path = join(folder, name);
      film.isThere = true;
    }
  }
}

/** An unreadable folder is counted; its films are missing then. */
async function namesOf(folder: string, { context, tally }: Search): Promise<readonly string[]> {
  try {
    return await context.files.names(folder);
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    tally.add('folder cannot be listed', folder.split(/[\\/]/).slice(-2).join('/'));
    return [];
  }
}
