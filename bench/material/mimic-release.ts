/**
 * A made-up release in the layout and at the size of MIMIC-CXR-JPG 2.1.0: tables of the real shape, ids and values drawn at
 * random, one tiny picture under 377,110 names. Nothing in it comes from a patient or from the release.
 */
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { type Rng, rng } from '../../src/core/rng.ts';

export interface ReleaseSize {
  readonly images: number;
  readonly studies: number;
  readonly patients: number;
  /** Whether the tree of reports is written too: one small file for each study. */
  readonly reports: boolean;
}

/** Source: Johnson et al. 2019, doi:10.1038/s41597-019-0322-0. */
export const FULL_SIZE: ReleaseSize = { images: 377_110, studies: 227_835, patients: 65_379, reports: true };

interface MadeStudy {
  readonly patient: number;
  readonly study: number;
  readonly images: readonly string[];
}

/** Files of one name stay below what a file system allows an inode to have. */
const LINKS_PER_FILE = 60_000;

export async function writeMimicRelease(root: string, size: ReleaseSize): Promise<void> {
  const studies = makeStudies(size, rng(4, 'mimic-release', 'ids'));
  mkdirSync(root, { recursive: true });
  writeTables(root, studies);
  await writeImages(root, studies);
  if (size.reports) writeReports(root, studies);
}

function makeStudies({ images, studies, patients }: ReleaseSize, random: Rng): readonly MadeStudy[] {
  const studiesOf = spread(studies, patients, random);
  const imagesOf = spread(images, studies, random);
  const gap = Math.floor(10_000_000 / patients);
  let serial = 0;
  return studiesOf.flatMap((count, index) => {
    const patient = 10_000_000 + index * gap + random.integer(gap);
    return Array.from({ length: count }, () => {
      const study = 50_000_000 + ((serial * 7919) % studies) * Math.floor(10_000_000 / studies);
      const names = Array.from({ length: imagesOf[serial]! }, () => dicomName(random));
      serial++;
      return { patient, study, images: names.sort() };
    });
  });
}

/** `total` things over `places`, at least one in each, the rest skewed: few places have many, and lie anywhere. */
function spread(total: number, places: number, random: Rng): readonly number[] {
  const counts = new Array<number>(places).fill(1);
  for (let left = total - places; left > 0; left--)
    counts[(Math.floor(random.next() ** 1.6 * places) * 7919) % places]!++;
  return counts;
}

function dicomName(random: Rng): string {
  return Array.from({ length: 5 }, () => random.integer(0x1_0000_0000).toString(16).padStart(8, '0')).join('-');
}

const VIEWS = [
  ['AP', 'CHEST (PORTABLE AP)', 'antero-posterior', 'Erect'],
  ['AP', 'CHEST (PORTABLE AP)', 'antero-posterior', ''],
  ['PA', 'CHEST (PA AND LAT)', 'postero-anterior', 'Erect'],
  ['LATERAL', 'CHEST (PA AND LAT)', 'lateral', 'Erect'],
  ['LL', '"CHEST (PRE-OP PA, LAT)"', 'left lateral', 'Erect'],
  ['', 'CHEST (PORTABLE AP)', '', 'Recumbent'],
] as const;

const LABEL_COLUMNS = [
  'Atelectasis', 'Cardiomegaly', 'Consolidation', 'Edema', 'Enlarged Cardiomediastinum', 'Fracture', 'Lung Lesion',
  'Lung Opacity', 'No Finding', 'Pleural Effusion', 'Pleural Other', 'Pneumonia', 'Pneumothorax', 'Support Devices',
]; // biome-ignore format: a list to be read across

const METADATA_COLUMNS =
  'dicom_id,subject_id,study_id,PerformedProcedureStepDescription,ViewPosition,Rows,Columns,StudyDate,StudyTime,' +
  'ProcedureCodeSequence_CodeMeaning,ViewCodeSequence_CodeMeaning,PatientOrientationCodeSequence_CodeMeaning';

/** Eight studies of the release have no row of labels; they are the first eight here. */
const UNLABELLED = 8;

function writeTables(root: string, studies: readonly MadeStudy[]): void {
  const random = rng(4, 'mimic-release', 'values');
  const write = (name: string, rows: readonly string[]) =>
    writeFileSync(join(root, name), gzipSync(`${rows.join('\n')}\n`, { level: 1 }));
  const images = studies.flatMap((made) => made.images.map((image) => ({ ...made, image })));
  const metadata = images.map(({ patient, study, image }) => {
    const [view, procedure, code, orientation] = VIEWS[random.integer(VIEWS.length)]!;
    const date = 21_000_101 + random.integer(100) * 10_000;
    const time = (random.next() * 235_959).toFixed(3);
    return `${image},${patient},${study},${procedure},${view},3056,2544,${date},${time},${procedure},${code},${orientation}`;
  });
  write('mimic-cxr-2.0.0-metadata.csv.gz', [METADATA_COLUMNS, ...metadata]);
  const partOf = new Map<number, string>();
  for (const { patient } of studies) if (!partOf.has(patient)) partOf.set(patient, drawPart(random.next()));
  const parts = images.map(({ patient, study, image }) => `${image},${study},${patient},${partOf.get(patient)}`);
  write('mimic-cxr-2.0.0-split.csv.gz', ['dicom_id,study_id,subject_id,split', ...parts]);
  for (const source of ['chexpert', 'negbio']) {
    const rows = studies.slice(UNLABELLED).map(({ patient, study }) => `${patient},${study},${drawLabels(random)}`);
    write(`mimic-cxr-2.0.0-${source}.csv.gz`, [`subject_id,study_id,${LABEL_COLUMNS.join(',')}`, ...rows]);
  }
}

/** About the share of studies that the official split gives each part. */
function drawPart(fraction: number): string {
  if (fraction < 0.978) return 'train';
  return fraction < 0.986 ? 'validate' : 'test';
}

function drawLabels(random: Rng): string {
  return LABEL_COLUMNS.map(() => {
    const value = random.next();
    if (value < 0.74) return '';
    return value < 0.9 ? '1.0' : value < 0.96 ? '0.0' : '-1.0';
  }).join(',');
}

const folderOf = ({ patient }: MadeStudy) => `files/p${String(patient).slice(0, 2)}/p${patient}`;

async function writeImages(root: string, studies: readonly MadeStudy[]): Promise<void> {
  const grey = sharp({ create: { width: 8, height: 8, channels: 3, background: { r: 90, g: 90, b: 90 } } });
  const bytes = await grey.jpeg().toBuffer();
  let written = 0;
  let source = '';
  for (const made of studies) {
    const folder = join(root, folderOf(made), `s${made.study}`);
    mkdirSync(folder, { recursive: true });
    for (const image of made.images) {
      const path = join(folder, `${image}.jpg`);
      if (written++ % LINKS_PER_FILE === 0) {
        writeFileSync(path, bytes);
        source = path;
      } else linkSync(source, path);
    }
  }
}

const SENTENCES = [
  'The lungs are clear without focal consolidation.',
  'There is no pleural effusion or pneumothorax.',
  'The cardiomediastinal silhouette is within normal limits.',
  'Mild bibasilar atelectasis is noted.',
  'Small left pleural effusion is unchanged.',
  'A right internal jugular line ends in the mid superior vena cava.',
  'No acute osseous abnormality is seen.',
  'Moderate cardiomegaly with mild interstitial edema.',
];

function writeReports(root: string, studies: readonly MadeStudy[]): void {
  const random = rng(4, 'mimic-release', 'reports');
  const sentences = (count: number) =>
    Array.from({ length: count }, () => ` ${SENTENCES[random.integer(SENTENCES.length)]}`).join(' \n');
  for (const made of studies) {
    const folder = join(root, 'mimic-cxr-reports', folderOf(made));
    mkdirSync(folder, { recursive: true });
    const text =
      `                                 FINAL REPORT\n EXAMINATION:  CHEST (PA AND LAT)\n \n INDICATION:  ___ with cough.\n \n` +
      ` COMPARISON:  None.\n \n FINDINGS: \n \n${sentences(4)}\n \n IMPRESSION: \n \n${sentences(1)}\n`;
    writeFileSync(join(folder, `s${made.study}.txt`), text);
  }
}
