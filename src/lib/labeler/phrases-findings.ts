/**
 * What a report calls each of the 14 CheXpert observations: data, in the language of `patterns.ts`.
 *
 * The lists are our own, from clinical vocabulary and half of the Indiana reports. What belongs to which observation follows
 * the CheXpert labeler's definition (Irvin et al. 2019, doi:10.1609/aaai.v33i01.3301590; stanfordmlgroup/chexpert-labeler:
 * phrases, MIT): congestion and heart failure are Edema, infection is Pneumonia, interstitial markings and scars of the lung are
 * Lung Opacity, a nodular opacity is Lung Lesion too. Departures from it are listed in docs/labeler.md.
 */
import type { CHEXPERT_FINDINGS } from '../../core/study.ts';

export type Finding = (typeof CHEXPERT_FINDINGS)[number];

export interface FindingPhrases {
  /** Phrases that name the finding: a mention is positive unless a trigger says otherwise. */
  readonly named?: readonly string[];
  /** Phrases that only hint at the finding: uncertain where nothing negates them. */
  readonly hinted?: readonly string[];
  /** Anatomy that has the finding only with a quality: `the heart is enlarged`. Without a quality it is no mention. */
  readonly anatomy?: readonly string[];
  /** Phrases that look like the finding and are not: what they cover is no mention. */
  readonly excluded?: readonly string[];
}

const LUNG = 'lung|lungs|pulmonary|parenchymal|airspace|bibasilar|basilar|basal|lobe|perihilar|retrocardiac|base|bases';
const BONE = 'bone|bony|osseous|lytic|sclerotic|blastic|skeletal|rib|soft|skin|breast|vertebral|renal|hepatic|thyroid';

export const FINDING_PHRASES: Readonly<Record<Exclude<Finding, 'No Finding'>, FindingPhrases>> = {
  'Enlarged Cardiomediastinum': {
    named: ['mediastinal widening', 'widening of ..2 mediastin*', 'cardiomediastinal enlargement'],
    anatomy: [
      'mediastinum|mediastinums',
      'cardiomediastin* [silhouette|silhouettes|contour|contours|structures|borders|shadow] [size|sizes]',
      'cardio mediastin* [silhouette|silhouettes|contour|contours|structures|borders|shadow]',
      'mediastinal silhouette|silhouettes|contour|contours|structures|border|borders|configuration|width|shadow|size',
      'superior mediastinum',
      'pericardial silhouette|silhouettes',
    ],
    excluded: [
      'pneumo mediastinum',
      'mediastin* mass|masses|adenopathy|lymph*|nodes|shift|fat|drain*|air|clip*|hematoma',
    ],
  },
  Cardiomegaly: {
    named: [
      'cardiomeg*|cardiomag*',
      'cardiac|heart enlargement',
      'megalocardia',
      'left|right|bi ventricular enlargement',
    ],
    anatomy: [
      'heart [size|silhouette|shadow|contour|contours]',
      'hearts',
      'cardiac size|silhouette|silhouettes|shadow|contour|contours|diameter',
      'cardiac and mediastinal silhouette|silhouettes|contour|contours|size',
      'cardiopericardial|cardio silhouette|silhouettes',
      'cardiac [and] ..2 silhouette|silhouettes',
      'cardiothoracic ratio',
      'size of the heart',
      'ventricle|ventricles|ventricular size|silhouette|contour',
      'transverse diameter of the heart',
    ],
    excluded: [
      'heart failure|disease|valve*|border|rate|transplant*|hx|history|monitor*|lung|surgery|base|attack|problem*',
      'right|left heart',
      'behind|over|overlying the heart',
      'heart base',
    ],
  },
  'Lung Opacity': {
    named: [
      'opacit*|opacif*|opaque|opacites',
      'air space|spaces disease|diseases|process|abnormalit*|filling|change|changes|infiltrat*',
      'airspace|airspaces disease|diseases|process|abnormalit*|filling|change|changes',
      'infiltrat*|infilitrat*|infitrat*|infiltate*',
      'interstitial ..2 marking|markings|pattern|disease|change|changes|prominence|thickening|abnormalit*|process|infiltrat*',
      'interstitial [and] ..2 opacit*',
      'interstitial lung|pulmonary',
      'increased|prominent|coarse|coarsened|accentuated|chronic|reticular interstitial|interstitium',
      'prominence|thickening|coarsening|accentuation of ..3 interstiti*',
      'reticular|reticulonodular|reticulo pattern|marking|markings|change|changes|densit*|nodular',
      'reticulation*',
      'scar|scars|scarring|scared|cicatri*',
      'fibrosis|fibrotic|fibroatelectasis',
      'peribronchial|bronchial|peribronchiolar|bronchiolar [wall] thickening',
      'bronchovascular|interlobular|septal thickening',
      'wall thickening',
      'ground glass|groundglass',
      'increased|hazy|patchy|streaky|linear|ill|focal|basilar|bibasilar|lung ..1 density|densities',
      'densities|density ..6 lung|lungs|lobe|base|bases|apex|retrocardiac',
      `hazy|haziness ..3 ${LUNG}`,
      'parenchymal|alveolar disease|process|densit*',
      'decreased translucency',
      'pneumonitis',
      'honeycombing',
    ],
    excluded: [
      'pleural|biapical|apical pleural|thickening scar|scars|scarring|fibrosis',
      'pleural scar|scars|scarring|fibrosis',
      'pleuroparenchymal|pleuro scar*',
      'metallic|metal|radio|breast|osseous|bony|rib opacit*',
      'pleural|paratracheal|mediastinal opacit*',
      'cystic fibrosis',
      'bone|bony|osseous densit*',
      'scar tissue',
    ],
  },
  'Lung Lesion': {
    named: [
      'mass|masses',
      'nodule|nodules|nodularity|noduls',
      'nodular|round|rounded ..1 opacit*|opacif*|densit*|lesion*|focus|foci|structure*',
      'lung|pulmonary|cavitary|cavitating|parenchymal|spiculated lesion|lesions',
      'lump|lumps',
      'carcinoma*|neoplas*|tumor|tumors|tumour*|malignan*',
      'cavit*',
      'coin lesion*',
    ],
    excluded: [
      'calcified|calcific [left|right] [upper|lower|middle|mid|perihilar] [lobe|lung] [pulmonary|lung] nodul*',
      'nodular|nodule calcif*|granuloma*',
      'nodular|round|rounded calcified|calcific opacit*|densit*',
      'nipple shadow|shadows|nodule*',
      `${BONE} ..1 lesion|lesions|mass|masses|nodule|nodules`,
      'mediastinal|hilar|thyroid|paratracheal|paraspinal|abdominal|neck|axillary [or] ..1 mass|masses',
      'body mass',
      'history of ..3 carcinoma|malignancy|neoplasm|tumor',
    ],
  },
  Edema: {
    named: [
      'edema*|oedema*|edematous',
      'heart failure',
      'congestive heart failure',
      'cardiac failure|decompensation',
      'chf',
      'fluid|volume overload*',
      'kerley [a|b] [line|lines]',
      'b lines',
    ],
    hinted: [
      'vascular|pulmonary|venous|interstitial|hilar|central|pulmonovascular ..1 congestion',
      'congestive change|changes',
      'vascular|venous|pulmonary engorgement',
      'indistinct|indistinctness ..3 vascul*|vessel*|margin*',
      'vascular indistinctness|prominence|redistribution',
      'redistribution of ..3 flow|vascul*',
      'prominent|prominence|engorged|congested ..3 vascular|vasculature|vascularity|vessels',
      'vascularity|vasculature ..3 prominent|engorged|congested|increased',
    ],
    excluded: ['soft tissue edema|swelling', 'heart failure history', 'subcutaneous|bowel|leg|pedal|peripheral edema'],
  },
  Consolidation: { named: ['consolid*|consoldation|consoliation'] },
  Pneumonia: {
    named: ['pneumonia*|pnuemonia*|pnemonia*|pneumonias|bronchopneumonia*', 'infection*|infectious|infected', 'pna'],
    excluded: ['infection control', 'tuberculous|tb|fungal|granulomatous infection*', 'chest infection symptoms'],
  },
  Atelectasis: {
    named: ['atelec*|atalec*|atelet*|subatelec*', 'collapse|collapsed|collapsing', 'subsegmental collapse'],
    excluded: ['vertebral|vertebra|body|bodies|compression collapse*', 'collapse* ..2 vertebra*', 'tracheal collapse'],
  },
  Pneumothorax: {
    named: [
      'pneumothora*|pnuemothora*|pneumonthora*|pneumothroax|pneumothorx*|penumothora*|pneumothotax',
      'ptx|ptxs',
      'hydropneumothora*|hemopneumothora*',
    ],
  },
  'Pleural Effusion': {
    named: [
      'effusion*|effussion*|efusion*',
      'pleural|subpulmonic|interlobar ..1 fluid',
      'hemothora*|hydrothora*|empyema*',
      'hydropneumothora*|hemopneumothora*',
      'fluid ..2 fissure*',
    ],
    excluded: ['pericardial effusion*', 'joint effusion*'],
  },
  'Pleural Other': {
    named: [
      'pleural|pleura ..1 thickening',
      'pleural|pleuroparenchymal ..1 scar|scars|scarring|fibrosis|reaction',
      'thickening of ..2 pleura*',
      'fibrothora*',
      'pleuro parenchymal|pericardial ..1 scar*',
      'apical cap|capping|thickening',
      'fissural thickening',
      'thickening of ..2 fissure*',
    ],
  },
  Fracture: {
    named: ['fracture*|fractured|fx|fxs', 'fxr'],
    excluded: [
      'fractured ..3 lead|leads|screw|screws|wire|wires',
      'lead|leads|screw|screws|wire|wires is|are fractured',
    ],
  },
  'Support Devices': {
    named: [
      'pacer|pacers|pacemaker*|pacing|pacermaker*',
      'line|lines',
      'picc|piccs',
      'tube|tubes|tubing|ett|ngt|dobhoff|nasogastric|orogastric|endotracheal',
      'valve|valves',
      'prosthetic|artificial|mechanical|bioprosthetic ..2 valve*',
      'prosthes*|prosthetic',
      'catheter*|cath|caths',
      'port|portacath|mediport|infusaport|chemoport|portacatheter',
      'port a cath*',
      'hardware',
      'arthroplast*',
      'icd|aicd|defibrillator*|defib|pacd',
      'device|devices',
      'drain|drains',
      'plate|plates',
      'screw|screws|rod|rods',
      'cannula*',
      'coil|coils',
      'equipment|apparatus',
      'stent|stents|stented',
      'lead|leads|electrode*|wire|wires',
      'stimulator*|generator|generators|recorder',
      'balloon pump|lvad|iabp',
      'swan ganz',
      'lap|gastric band',
      'spinal|cervical|lumbar|thoracic ..1 fusion',
      'tracheostomy',
      'tip|tips ..6 svc|ivc|atrium|atrial|atriocaval|cavoatrial|caval|cava|carina|stomach|vena|ventricle|pylorus',
      'anchor|anchors',
      'anterior|posterior|surgical fusion',
      'fixation',
      'xxxx a xxxx',
    ],
    excluded: [
      'lead|leads to',
      'mid|midclavicular|clavicular|axillary|paratracheal|paraspinal|pleural|fissure|kerley|septal|hairline|suture|b|a line|lines',
      'junction|fat|diaphragmatic|body|subpleural line|lines',
      'lung|pleural line|lines',
      'line|lines of',
      'in line',
      'sternotomy|sternal|cerclage|median|skin wire|wires',
      'wire|wires ..3 sternotomy|sternum|intact',
      'valve|valvular calcif*|disease|stenosis|annulus|area',
      'mitral|aortic annul* calcif*',
      'end|endplate|growth plate|plates',
      'plate atelectasis',
      'plate like',
      'valvular',
      'breast prosthes*',
      'body fusion',
      'fusion of ..2 vertebra*',
      'tube like',
    ],
  },
};
