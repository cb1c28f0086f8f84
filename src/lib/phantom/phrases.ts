/** Sentences of chest film reports. `[a|b]` is a choice, `{name}` a word that depends on the study. */
import type { Device } from './condition.ts';
import type { Finding, Incidental } from './truth.ts';

export interface FindingPhrases {
  readonly present: readonly string[];
  readonly uncertain: readonly string[];
  /** For the impression. */
  readonly summary: readonly string[];
  readonly summaryUncertain: readonly string[];
}

/** Findings that are described one by one; devices have their own sentences, Lung Opacity follows from the others. */
export const PHRASES: Readonly<Partial<Record<Finding, FindingPhrases>>> = {
  Cardiomegaly: {
    present: [
      '[There is|] {heartDegree} cardiomegaly.',
      'The [heart|cardiac silhouette] is {heartDegree}ly enlarged.',
      'The heart size is enlarged[, with a {heartDegree} increase of the cardiothoracic ratio|].',
      'Cardiac silhouette is {heartDegree}ly enlarged[| with a prominent left ventricular contour].',
    ],
    uncertain: [
      'Heart size is at the upper limits of normal; mild cardiomegaly cannot be excluded.',
      'Borderline heart size, possibly mildly enlarged.',
      'The cardiac silhouette may be mildly enlarged[, accentuated by technique|].',
    ],
    summary: ['[{HeartDegree} cardiomegaly|Enlarged heart].', 'Cardiomegaly[|, {heartDegree}].'],
    summaryUncertain: ['Possible mild cardiomegaly.', 'Borderline heart size.'],
  },
  'Enlarged Cardiomediastinum': {
    present: [
      'The [superior |upper |]mediastinum is {mediastinumDegree}ly widened.',
      'There is [widening|enlargement] of the [upper|superior] mediastinal silhouette.',
      'Widened mediastinal contours[, which obscure the aortic knob|].',
    ],
    uncertain: ['The mediastinum may be mildly widened.'],
    summary: [
      'Widened mediastinum; [CT is recommended|further evaluation with CT is suggested].',
      'Enlarged [upper |]mediastinal silhouette.',
    ],
    summaryUncertain: ['Questionable widening of the mediastinum.'],
  },
  Edema: {
    present: [
      'There are {edemaDegree} [perihilar and interstitial opacities|bilateral hazy perihilar opacities], [consistent|compatible] with [pulmonary|interstitial] edema.',
      '[Pulmonary vascular congestion|Vascular congestion with indistinct vessels] and septal lines are seen, in keeping with {edemaDegree} pulmonary edema.',
      'Bilateral [symmetric |]perihilar opacities with Kerley B lines [indicate|reflect] {edemaDegree} edema.',
      'Diffuse interstitial prominence with cephalization, [consistent|compatible] with {edemaDegree} pulmonary edema.',
    ],
    uncertain: [
      'Mild interstitial prominence may represent early edema.',
      'Slight vascular indistinctness; mild [interstitial |pulmonary |]edema cannot be excluded.',
      'Possible [minimal|mild] pulmonary vascular congestion.',
    ],
    summary: [
      '{EdemaDegree} pulmonary edema.',
      '[Findings of|Findings compatible with] {edemaDegree} pulmonary edema[ / volume overload|].',
    ],
    summaryUncertain: ['Possible mild pulmonary edema.', 'Mild congestion cannot be excluded.'],
  },
  Consolidation: {
    present: [
      'There is [a |]{extent} consolidation in the {lobe}[ with air bronchograms|].',
      '{Extent} airspace opacity in the {lobe}, [consistent|compatible] with consolidation.',
      'Focal consolidation [is seen|is present|is noted] in the {lobe}.',
      '[Confluent|Dense] opacity within the {lobe} [representing|reflecting] consolidation[, with air bronchograms|].',
    ],
    uncertain: [
      'Faint opacity in the {lobe} may represent early consolidation.',
      'Subtle increased density in the {lobe}; developing consolidation cannot be excluded.',
      'Questionable airspace opacity in the {lobe}.',
    ],
    summary: ['{Lobe} consolidation.', 'Consolidation in the {lobe}.', '{Lobe} airspace [disease|opacity].'],
    summaryUncertain: [
      'Possible [early |]consolidation in the {lobe}.',
      'Faint {lobe} opacity, consolidation cannot be excluded.',
    ],
  },
  Pneumonia: {
    present: [
      '[This is|Appearances are] [consistent|compatible] with pneumonia.',
      'In the given clinical setting this [represents|indicates] pneumonia.',
    ],
    uncertain: [
      'This may represent pneumonia [in the appropriate clinical setting|if clinically suspected].',
      'Pneumonia [cannot be excluded|is a consideration].',
    ],
    summary: [
      '{Lobe} pneumonia[. Follow-up to resolution is recommended|].',
      'Findings [consistent|compatible] with [{lobe} |]pneumonia.',
    ],
    summaryUncertain: ['Pneumonia cannot be excluded.', 'Possible pneumonia[; clinical correlation is recommended|].'],
  },
  Atelectasis: {
    present: [
      '[Linear|Plate-like|Bandlike] opacities at the {base} [represent|are consistent with|reflect] {atelectasisDegree}atelectasis.',
      'There is {atelectasisDegree}[subsegmental|discoid|plate-like] atelectasis at the {base}[ with mild elevation of the hemidiaphragm|].',
      '{Bibasilar} atelectasis[ with volume loss|].',
    ],
    uncertain: [
      '[Faint|Minimal] linear density at the {base}, atelectasis versus [scar|scarring].',
      'Minimal {base} opacity may represent atelectasis.',
    ],
    summary: ['{Bibasilar} atelectasis.', '[Subsegmental|Linear|Discoid] atelectasis at the {base}.'],
    summaryUncertain: ['Possible minimal atelectasis at the {base}.', 'Atelectasis versus scarring at the {base}.'],
  },
  'Lung Lesion': {
    present: [
      'There is a [{lesionSize} |][rounded|well-defined|round] {lesionNoun} in the {lesionPlace}.',
      'A {lesionSize} {lesionNoun} [projects over|is seen in|is present in] the {lesionPlace}.',
      '[Round|Rounded] opacity in the {lesionPlace} measuring about {lesionSize}, [consistent with|in keeping with] a pulmonary {lesionNoun}.',
    ],
    uncertain: [
      'A faint nodular density over the {lesionPlace} may represent a nodule or a [nipple shadow|summation shadow].',
      'Possible small nodule in the {lesionPlace}.',
    ],
    summary: [
      '{LesionNoun} in the {lesionPlace}; [CT is recommended|further evaluation with CT is suggested].',
      '{LesionSize} pulmonary {lesionNoun} in the {lesionPlace}.',
    ],
    summaryUncertain: ['Possible nodule in the {lesionPlace}[; repeat film or CT is suggested|].'],
  },
  Pneumothorax: {
    present: [
      'There is a {ptxSize} {ptxSide} [apical |]pneumothorax.',
      'A [thin |]visceral pleural line is seen on the {ptxSide} with absent lung markings beyond it, [consistent with|representing] a {ptxSize} pneumothorax.',
      '{PtxSize} {ptxSide}-sided pneumothorax[ without mediastinal shift|].',
    ],
    uncertain: ['A tiny {ptxSide} apical pneumothorax cannot be excluded.'],
    summary: ['{PtxSize} {ptxSide} pneumothorax.', '{PtxSide} pneumothorax, {ptxSize}.'],
    summaryUncertain: ['Possible tiny {ptxSide} pneumothorax.'],
  },
  'Pleural Effusion': {
    present: [
      '[Layering |Dependent |]{effusion}.',
      '{Effusion}[ with blunting of the costophrenic angle|].',
      'Blunting of the {effusionSide} costophrenic angle [consistent with|due to|compatible with] {effusion}.',
      'A meniscus at the {effusionSide} base [indicates|represents] {effusion}.',
    ],
    uncertain: [
      'Slight blunting of the {effusionSide} costophrenic angle; a trace effusion cannot be excluded.',
      'Possible [trace|small|tiny] {effusionSide} pleural effusion.',
      'Blunted {effusionSide} costophrenic angle may represent a small effusion or pleural scarring.',
    ],
    summary: ['{Effusion}.'],
    summaryUncertain: [
      'Possible [trace|small] {effusionSide} pleural effusion.',
      'Trace {effusionSide} effusion cannot be excluded.',
    ],
  },
  'Pleural Other': {
    present: [
      'There is {pleuraSide} pleural thickening[ with calcified plaque|].',
      'Pleural thickening along the {pleuraSide} lateral chest wall[, partly calcified|].',
    ],
    uncertain: ['Possible {pleuraSide} pleural thickening.'],
    summary: ['{PleuraSide} pleural thickening[, likely chronic|].'],
    summaryUncertain: ['Possible {pleuraSide} pleural thickening.'],
  },
  Fracture: {
    present: [
      'There [is a|is an acute] displaced fracture of the {bone}.',
      'Displaced fracture of the {bone} [is noted|is seen].',
      'Cortical step of the {bone}, consistent with fracture.',
    ],
    uncertain: ['A nondisplaced fracture of the {bone} cannot be excluded.'],
    summary: ['{Bone} fracture.', 'Fracture of the {bone}[, displaced|].'],
    summaryUncertain: ['Possible fracture of the {bone}.'],
  },
};

export const DEVICE_PHRASES: Readonly<Record<Device, readonly string[]>> = {
  'endotracheal tube': [
    'Endotracheal tube tip [projects|terminates] [about 4|approximately 5] cm above the carina.',
    'ET tube in [satisfactory|good|appropriate] position.',
  ],
  'central venous line': [
    'Central venous [catheter|line] with tip [over|in] the [SVC|cavoatrial junction].',
    '[A central line|Central venous catheter] terminates in the [lower |]SVC.',
  ],
  pacemaker: [
    '[Dual-lead|Two-lead] [pacemaker|cardiac pacing device] [is in place|is present|is noted].',
    'Pacemaker with leads in the right atrium and right ventricle.',
  ],
  'sternotomy wires': [
    'Median sternotomy wires are [intact|present|noted].',
    '[Status post|Prior] median sternotomy with [intact |]wires.',
  ],
  'enteric tube': ['[Enteric|Nasogastric|NG] tube [passes|courses] below the diaphragm[ with tip in the stomach|].'],
  'chest tube': [
    '[A |]{tubeSide} chest tube is in place.',
    '{TubeSide}-sided [chest|thoracostomy] tube [with tip at the apex|is present].',
  ],
};

export const DEVICE_SUMMARY: readonly string[] = [
  '[Lines and tubes|Support devices] as described[ above|].',
  '[Support devices|Lines, tubes and devices] in [satisfactory|expected] position.',
];

export const INCIDENTAL_PHRASES: Readonly<Record<Incidental, readonly string[]>> = {
  granuloma: [
    '[There is a|A|Stable] calcified granuloma in the {granulomaPlace}.',
    'Calcified granuloma [noted|seen] in the {granulomaPlace}.',
  ],
  scoliosis: ['[Mild|Moderate] scoliosis of the thoracic spine.', 'There is thoracic scoliosis.'],
  spondylosis: ['[Mild|Moderate|] degenerative changes of the [thoracic |]spine.', 'Multilevel thoracic spondylosis.'],
  'tortuous aorta': [
    'The [thoracic |]aorta is [mildly |]tortuous[ and calcified|].',
    'Tortuous aorta[ with atherosclerotic calcification|].',
  ],
  hyperinflation: [
    '[The lungs are hyperexpanded|Hyperinflated lungs] with [flattened|flattening of the] diaphragms, [consistent|compatible] with emphysema.',
    'Hyperinflation [consistent with|suggestive of] COPD.',
  ],
};
