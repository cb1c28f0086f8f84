/** Open-i's report XML (NLMCXR) for a phantom study. Every file says that it is synthetic. */
import { signOf } from './condition.ts';
import type { PhantomStudy } from './study.ts';
import type { Finding } from './truth.ts';

export const SYNTHETIC_NOTICE =
  'SYNTHETIC: computer-made phantom, no patient, no clinical meaning. Not from Indiana University.';

const SERIES = { frontal: 1001, lateral: 2001 } as const;

/** Image names without extension, in the order of the study's views: `CXR{uid}_IM-{nnnn}-{series}`. */
export function imageNames(study: PhantomStudy): readonly string[] {
  const number = String((Math.floor(study.uid / 10) % 9999) + 1).padStart(4, '0');
  return study.views.map((view) => `CXR${study.uid}_IM-${number}-${SERIES[view]}`);
}

/** The same elements, in the same order, as the reports of the real collection. */
export function openIXml(study: PhantomStudy): string {
  const { uid, report } = study;
  const sections = (['comparison', 'indication', 'findings', 'impression'] as const).map((name) =>
    element('AbstractText', report[name], ` Label="${name.toUpperCase()}"`),
  );
  const title = 'Synthetic chest phantom';
  const date = '<Year>2000</Year><Month>01</Month><Day>01</Day>';
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<!-- ${SYNTHETIC_NOTICE} -->`,
    '<eCitation>',
    `<meta type="rr"/><uId id="CXR${uid}"/><pmcId id="${uid}"/><docSource>CXR</docSource><IUXRId id="${uid}"/>`,
    '<licenseType>open-access</licenseType>',
    '<licenseURL>http://creativecommons.org/publicdomain/zero/1.0/</licenseURL>',
    '<ccLicense>cc0 synthetic</ccLicense><articleURL/><articleDate>2000-01-01</articleDate><articleType>XR</articleType>',
    `<publisher>MedVLM Bench phantom (synthetic)</publisher><title>${title}</title>`,
    element('note', SYNTHETIC_NOTICE),
    '<specialty>pulmonary diseases</specialty><subset>CXR</subset>',
    '<MedlineCitation Owner="MedVLM Bench phantom (synthetic)" Status="synthetic"><Article PubModel="Electronic">',
    `<Journal><JournalIssue><PubDate>${date}</PubDate></JournalIssue></Journal><ArticleTitle>${title}</ArticleTitle>`,
    `<Abstract>${sections.join('')}${element('CopyrightInformation', SYNTHETIC_NOTICE)}</Abstract>`,
    '<Affiliation>none (synthetic)</Affiliation><Language>eng</Language>',
    '<PublicationTypeList><PublicationType>Radiology Report</PublicationType></PublicationTypeList>',
    `<ArticleDate>${date}</ArticleDate></Article><EssieArticleTitle>${title}</EssieArticleTitle></MedlineCitation>`,
    `<MeSH>${meshCodes(study)
      .map((code) => element('major', code))
      .join('')}</MeSH>`,
    ...imageNames(study).map((name, i) => parentImage(name, i, study.views[i]!)),
    '</eCitation>',
    '',
  ].join('\n');
}

function parentImage(name: string, index: number, view: string): string {
  const caption = element('caption', `Synthetic ${view} chest film`);
  const panel = `<panel type="single"><url>/synthetic/${name}.jpg</url><imgModality>7</imgModality></panel>`;
  return `<parentImage id="${name}"><figureId>F${index + 1}</figureId>${caption}${panel}</parentImage>`;
}

function element(name: string, text: string, attributes = ''): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<${name}${attributes}>${escaped}</${name}>`;
}

const PLACE_OF_DEVICE = {
  'endotracheal tube': 'Tube, Inserted/trachea',
  'enteric tube': 'Tube, Inserted/stomach',
  'chest tube': 'Tube, Inserted/thorax',
  'central venous line': 'Catheters, Indwelling/superior vena cava',
  pacemaker: 'Implanted Medical Device/thorax',
  'sternotomy wires': 'Medical Device/sternum',
} as const;

const INCIDENTAL_CODES = {
  granuloma: 'Calcified Granuloma/lung',
  scoliosis: 'Scoliosis/thoracic vertebrae',
  spondylosis: 'Spondylosis/thoracic vertebrae',
  'tortuous aorta': 'Aorta, Thoracic/tortuous',
  hyperinflation: 'Pulmonary Emphysema',
} as const;

const HEADINGS = {
  Cardiomegaly: (_: PhantomStudy) => 'Cardiomegaly',
  'Enlarged Cardiomediastinum': (_: PhantomStudy) => 'Mediastinum/enlarged',
  'Lung Opacity': (_: PhantomStudy) => 'Opacity/lung',
  'Lung Lesion': ({ condition }: PhantomStudy) =>
    condition.lesions.some((one) => one.radius >= 1.5) ? 'Mass/lung' : 'Nodule/lung',
  Edema: (_: PhantomStudy) => 'Pulmonary Edema',
  Consolidation: (_: PhantomStudy) => 'Consolidation/lung',
  Pneumonia: (_: PhantomStudy) => 'Pneumonia',
  Atelectasis: (_: PhantomStudy) => 'Pulmonary Atelectasis',
  Pneumothorax: (_: PhantomStudy) => 'Pneumothorax',
  'Pleural Effusion': (_: PhantomStudy) => 'Pleural Effusion',
  'Pleural Other': (_: PhantomStudy) => 'Thickening/pleura',
  Fracture: ({ condition }: PhantomStudy) =>
    `Fractures, Bone/${condition.fractures[0]?.bone === 'clavicle' ? 'clavicle' : 'ribs'}`,
} as const satisfies Partial<Record<Finding, (study: PhantomStudy) => string>>;

/** Codes as an indexer would give them; what the reader leaves open carries the qualifier `borderline`. */
export function meshCodes(study: PhantomStudy): readonly string[] {
  const { truth, condition, incidental } = study;
  const codes: string[] = [];
  for (const finding of Object.keys(HEADINGS) as (keyof typeof HEADINGS)[]) {
    if (truth[finding] === 'absent') continue;
    const borderline = truth[finding] === 'uncertain' ? ['borderline'] : [];
    codes.push([HEADINGS[finding](study), ...placeOf(study, finding), ...borderline].join('/'));
  }
  codes.push(...condition.devices.map((device) => PLACE_OF_DEVICE[device]));
  codes.push(...incidental.map((one) => INCIDENTAL_CODES[one]));
  return codes.length === 0 ? ['normal'] : codes;
}

function placeOf({ condition }: PhantomStudy, finding: Finding): string[] {
  const sides: Partial<Record<Finding, readonly { side: 'left' | 'right' }[]>> = {
    'Lung Lesion': condition.lesions,
    Consolidation: condition.consolidations,
    Atelectasis: condition.atelectases,
    'Pleural Effusion': condition.effusions,
    Pneumothorax: condition.pneumothorax === undefined ? [] : [condition.pneumothorax],
    'Pleural Other': condition.pleuralThickening === undefined ? [] : [condition.pleuralThickening],
    Fracture: condition.fractures,
  };
  const signs = new Set((sides[finding] ?? []).map(({ side }) => signOf(side)));
  if (signs.size === 0) return [];
  return [signs.size === 2 ? 'bilateral' : signs.has(1) ? 'left' : 'right'];
}
