/** Sentences that deny findings, whole normal reports, normal impressions and indications. */
import type { Finding } from './truth.ts';

/** Negative statements and the findings they deny. */
export const NEGATIVES: readonly { readonly denies: readonly Finding[]; readonly texts: readonly string[] }[] = [
  {
    denies: ['Cardiomegaly', 'Enlarged Cardiomediastinum'],
    texts: [
      'The cardiomediastinal silhouette is [within normal limits|normal|unremarkable].',
      'Heart size and mediastinal contours are [normal|within normal limits|unremarkable].',
      'Cardiac and mediastinal contours are within normal limits[ for size and contour|].',
    ],
  },
  {
    denies: ['Cardiomegaly'],
    texts: ['Heart size is [normal|within normal limits].', 'The heart is [normal in size|not enlarged].'],
  },
  {
    denies: ['Enlarged Cardiomediastinum'],
    texts: ['Mediastinal contours are [normal|unremarkable].', 'The mediastinum is unremarkable.'],
  },
  {
    denies: ['Lung Opacity', 'Consolidation', 'Edema', 'Atelectasis', 'Lung Lesion', 'Pneumonia'],
    texts: [
      'The lungs are clear[ bilaterally|].',
      'Lungs are clear[ without focal airspace opacity|, without focal consolidation|].',
      'No focal [airspace opacity|airspace disease|opacity], [nodule or edema|mass or edema].',
    ],
  },
  {
    denies: ['Consolidation', 'Pneumonia'],
    texts: [
      'No focal [consolidation|airspace consolidation].',
      'There is no [focal |lobar |]consolidation.',
      'No evidence of pneumonia.',
    ],
  },
  {
    denies: ['Edema'],
    texts: [
      'No [pulmonary |]edema.',
      '[Pulmonary vasculature is normal|The pulmonary vascularity is within normal limits].',
      'There is no overt [pulmonary |]edema.',
    ],
  },
  {
    denies: ['Pleural Effusion', 'Pneumothorax'],
    texts: [
      'No [pleural |]effusion or pneumothorax[ is seen|].',
      'There is no pneumothorax or [large |]pleural effusion.',
      'No pneumothorax or pleural effusion[ is identified|].',
      'The pleural spaces are clear.',
    ],
  },
  { denies: ['Pneumothorax'], texts: ['No pneumothorax[ is seen|].', 'There is no [evidence of |]pneumothorax.'] },
  {
    denies: ['Pleural Effusion'],
    texts: [
      'No pleural effusion[ is seen|].',
      'There is no [sizable |]pleural effusion.',
      'Costophrenic angles are sharp.',
    ],
  },
  {
    denies: ['Fracture'],
    texts: [
      'No acute [bony|osseous] abnormality.',
      '[Osseous structures|Bony structures|The visualized osseous structures] are [intact|unremarkable].',
      'No displaced [rib |]fracture[ is seen|].',
    ],
  },
  { denies: ['Lung Lesion'], texts: ['No [suspicious |]pulmonary nodule or mass.', 'No [lung |]nodules or masses.'] },
];

/** Whole findings sections of normal films, as dictated from memory: they recur word for word. */
export const STOCK_NORMAL: readonly string[] = [
  'The heart is normal in size. The mediastinum is unremarkable. The lungs are clear.',
  'Heart size and mediastinal contours are within normal limits. The lungs are clear. No pleural effusion or pneumothorax. No acute bony abnormality.',
  'The cardiomediastinal silhouette is within normal limits. There is no focal consolidation, pleural effusion or pneumothorax. Osseous structures are intact.',
  'Lungs are clear bilaterally. Cardiac and mediastinal silhouettes are normal. Pulmonary vasculature is normal. No pneumothorax or pleural effusion. No acute bony abnormality.',
  'The lungs and pleural spaces are clear. Heart size is normal. Bony structures are unremarkable.',
];

export const NORMAL_SUMMARY: readonly string[] = [
  'No acute cardiopulmonary [abnormality|process|disease|findings].',
  '[Normal chest|Normal chest radiograph|Normal chest film|Negative chest].',
  'No acute [disease|abnormality][ of the chest|].',
  'No radiographic evidence of acute cardiopulmonary disease.',
];

export const INDICATIONS: readonly string[] = [
  '{age}-year-old {sex} with [shortness of breath|dyspnea|cough|chest pain|cough and fever|weakness].',
  '{age}-year-old {sex}, [chest pain|dyspnea|cough|preoperative evaluation|pre-employment|routine examination].',
  '[Chest pain|Cough|Shortness of breath|Dyspnea|Fever|Preop|Positive PPD|Screening].',
  '{sex}, {age} years, [evaluate for infiltrate|rule out pneumonia|rule out edema|evaluate for cardiopulmonary disease].',
];
