/**
 * Which MeSH/RadLex codes of the Indiana collection mean which CheXpert finding: data, reviewed term by term against every
 * heading that occurs in the release. A code is `heading/qualifier/qualifier…`, for example `Opacity/lung/base/left`.
 *
 * Where the choice is open, the mention lists of the CheXpert labeler decide (stanfordmlgroup/chexpert-labeler:phrases/mention),
 * so that a finding means here what it means in CheXpert: congestion and heart failure are Edema, interstitial markings and
 * scars of the lung are Lung Opacity, nodular opacities are Lung Lesion too, blunted costophrenic angles and granulomas are
 * abnormal but no CheXpert finding. Departures from them: pulmonary fibrosis is Lung Opacity (there: Pleural Other), clips,
 * sutures and breast implants are no Support Devices, stents and spinal fusions are. Hierarchy is not filled in: Consolidation
 * does not imply Lung Opacity.
 */
import type { CHEXPERT_FINDINGS } from '../../../core/study.ts';

/** Name and version of this mapping: bump it when any line below changes. */
export const MESH_MAPPING = 'iu-mesh-chexpert@1';

export interface MeshRule {
  readonly heading: string;
  readonly findings: readonly (typeof CHEXPERT_FINDINGS)[number][];
  /** The code has at least one of these qualifiers. */
  readonly anyOf?: readonly string[];
  /** The code has all of these qualifiers. */
  readonly allOf?: readonly string[];
  /** The code has none of these qualifiers. */
  readonly noneOf?: readonly string[];
}

// biome-ignore format: a list to be read across
const OUTSIDE_LUNG = [
  'abdomen', 'adipose tissue', 'breast', 'cervical vertebrae', 'clavicle', 'heart', 'humerus', 'lumbar vertebrae',
  'mediastinum', 'neck', 'paratracheal', 'pleura', 'pleural sinus', 'ribs', 'shoulder', 'spine', 'sternum', 'supracardiac',
  'thoracic vertebrae',
] as const;

/** Every rule that fits a code counts. The qualifier `borderline` makes the state uncertain. */
export const MESH_RULES: readonly MeshRule[] = [
  { heading: 'Cardiomegaly', findings: ['Cardiomegaly'] },
  { heading: 'Cardiac Shadow', anyOf: ['enlarged', 'borderline'], findings: ['Cardiomegaly'] },
  {
    heading: 'Mediastinum',
    anyOf: ['enlarged', 'prominent'],
    noneOf: ['lymph nodes'],
    findings: ['Enlarged Cardiomediastinum'],
  },
  { heading: 'Opacity', noneOf: OUTSIDE_LUNG, findings: ['Lung Opacity'] },
  { heading: 'Opacity', allOf: ['lung', 'round'], findings: ['Lung Lesion'] },
  { heading: 'Density', anyOf: ['lung', 'retrocardiac', 'pulmonary alveoli'], findings: ['Lung Opacity'] },
  { heading: 'Density', allOf: ['lung', 'round'], findings: ['Lung Lesion'] },
  { heading: 'Airspace Disease', findings: ['Lung Opacity'] },
  { heading: 'Infiltrate', findings: ['Lung Opacity'] },
  { heading: 'Markings', anyOf: ['interstitial', 'reticular'], findings: ['Lung Opacity'] },
  { heading: 'Lung', anyOf: ['interstitial'], findings: ['Lung Opacity'] },
  { heading: 'Lung Diseases, Interstitial', findings: ['Lung Opacity'] },
  { heading: 'Pulmonary Fibrosis', findings: ['Lung Opacity'] },
  { heading: 'Cicatrix', anyOf: ['lung'], noneOf: ['pleura'], findings: ['Lung Opacity'] },
  { heading: 'Cicatrix', anyOf: ['pleura'], findings: ['Pleural Other'] },
  { heading: 'Thickening', anyOf: ['bronchi', 'bronchovascular', 'interstitial'], findings: ['Lung Opacity'] },
  { heading: 'Thickening', anyOf: ['pleura'], findings: ['Pleural Other'] },
  { heading: 'Nodule', noneOf: OUTSIDE_LUNG, findings: ['Lung Lesion'] },
  { heading: 'Mass', noneOf: OUTSIDE_LUNG, findings: ['Lung Lesion'] },
  { heading: 'Cavitation', findings: ['Lung Lesion'] },
  { heading: 'Pulmonary Edema', findings: ['Edema'] },
  { heading: 'Pulmonary Congestion', findings: ['Edema'] },
  { heading: 'Heart Failure', findings: ['Edema'] },
  { heading: 'Consolidation', findings: ['Consolidation'] },
  { heading: 'Pneumonia', findings: ['Pneumonia'] },
  { heading: 'Pulmonary Atelectasis', findings: ['Atelectasis'] },
  { heading: 'Pneumothorax', findings: ['Pneumothorax'] },
  { heading: 'Hydropneumothorax', findings: ['Pneumothorax', 'Pleural Effusion'] },
  { heading: 'Pleural Effusion', findings: ['Pleural Effusion'] },
  { heading: 'Hemothorax', findings: ['Pleural Effusion'] },
  { heading: 'Fractures, Bone', findings: ['Fracture'] },
  { heading: 'Catheters, Indwelling', findings: ['Support Devices'] },
  { heading: 'Implanted Medical Device', findings: ['Support Devices'] },
  { heading: 'Medical Device', noneOf: ['breast'], findings: ['Support Devices'] },
  { heading: 'Tube, Inserted', findings: ['Support Devices'] },
  { heading: 'Spinal Fusion', findings: ['Support Devices'] },
  { heading: 'Stents', findings: ['Support Devices'] },
];

/** Headings that say nothing about disease: technique, normal variants, foreign material. With qualifiers: only those codes. */
export const NEUTRAL_CODES: readonly { readonly heading: string; readonly anyOf?: readonly string[] }[] = [
  { heading: 'Technical Quality of Image Unsatisfactory' },
  { heading: 'Lung', anyOf: ['hypoinflation', 'azygos lobe', 'obscured'] },
  { heading: 'Nipple Shadow' },
  { heading: 'Epicardial Fat' },
  { heading: 'Adipose Tissue' },
  { heading: 'Contrast Media' },
  { heading: 'Surgical Instruments' },
  { heading: 'Sutures' },
  { heading: 'Foreign Bodies' },
  { heading: 'Breast Implants' },
  { heading: 'Medical Device', anyOf: ['breast'] },
];

/** Headings that are abnormal and no CheXpert finding by themselves: they only contradict `No Finding`. */
// biome-ignore format: a list to be read across
export const OTHER_ABNORMALITIES: readonly string[] = [
  'Abdomen', 'Aorta', 'Aorta, Thoracic', 'Aortic Aneurysm', 'Arthritis', 'Atherosclerosis', 'Blister', 'Blood Vessels',
  'Bone Diseases, Metabolic', 'Bone and Bones', 'Bronchiectasis', 'Bronchiolitis', 'Bullous Emphysema', 'Calcified Granuloma',
  'Calcinosis', 'Cervical Vertebrae', 'Colonic Interposition', 'Costophrenic Angle', 'Cystic Fibrosis', 'Cysts', 'Deformity',
  'Diaphragm', 'Diaphragmatic Eventration', 'Dislocations', 'Emphysema', 'Expansile Bone Lesions', 'Funnel Chest', 'Granuloma',
  'Granulomatous Disease', 'Heart', 'Heart Atria', 'Heart Ventricles', 'Hernia, Diaphragmatic', 'Hernia, Hiatal', 'Humerus',
  'Hyperostosis, Diffuse Idiopathic Skeletal', 'Hypertension, Pulmonary', 'Hypovolemia', 'Kyphosis', 'Lucency',
  'Lumbar Vertebrae', 'Lung, Hyperlucent', 'Lymph Nodes', 'Mastectomy', 'Mediastinal Emphysema', 'Osteophyte', 'Osteoporosis',
  'Pectus Carinatum', 'Pericardial Effusion', 'Pleura', 'Pneumonectomy', 'Pneumoperitoneum', 'Pulmonary Artery',
  'Pulmonary Disease, Chronic Obstructive', 'Pulmonary Emphysema', 'Ribs', 'Sarcoidosis', 'Sclerosis', 'Scoliosis', 'Shift',
  'Shoulder', 'Spine', 'Spondylosis', 'Subcutaneous Emphysema', 'Sulcus', 'Thoracic Vertebrae', 'Thorax', 'Trachea',
  'Trachea, Carina', 'Tuberculosis', 'Volume Loss',
];
