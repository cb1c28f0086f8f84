/** Several phrasings per finding, in the register of report impressions; embeddings are averaged. */
import { definePrompts, type PromptPair } from '../../core/prompts.ts';

const effusion: PromptPair = {
  positive: [
    'pleural effusion',
    'small left pleural effusion',
    'bilateral pleural effusions',
    'blunting of the costophrenic angle consistent with pleural effusion',
  ],
  negative: [
    'no pleural effusion',
    'no evidence of pleural effusion',
    'the costophrenic angles are sharp',
    'the pleural spaces are clear',
  ],
};

const pleuralThickening: PromptPair = {
  positive: ['pleural thickening', 'chronic pleural thickening', 'apical pleural thickening'],
  negative: ['no pleural thickening', 'no pleural abnormality', 'normal pleural surfaces'],
};

export default definePrompts({
  name: 'radiologist-ensemble',
  version: '1',
  source: 'written for this benchmark',
  prompts: {
    // Asked as normal against abnormal: a negated "no finding" is read the wrong way round by contrastive models.
    'No Finding': {
      positive: [
        'normal chest x-ray',
        'no acute cardiopulmonary abnormality',
        'no acute cardiopulmonary process',
        'the heart is normal in size and the lungs are clear',
      ],
      negative: [
        'abnormal chest x-ray',
        'acute cardiopulmonary abnormality',
        'abnormal findings in the chest',
        'the chest x-ray shows disease',
      ],
    },
    'Enlarged Cardiomediastinum': {
      positive: ['enlarged cardiomediastinum', 'widened mediastinum', 'enlarged cardiomediastinal silhouette'],
      negative: [
        'normal cardiomediastinal silhouette',
        'the mediastinum is not widened',
        'cardiomediastinal contours are within normal limits',
      ],
    },
    Cardiomegaly: {
      positive: ['cardiomegaly', 'enlarged heart', 'the cardiac silhouette is enlarged', 'mild cardiomegaly'],
      negative: [
        'no cardiomegaly',
        'the heart is normal in size',
        'the cardiac silhouette is within normal limits',
        'normal heart size',
      ],
    },
    'Lung Opacity': {
      positive: ['lung opacity', 'airspace opacity', 'patchy opacity in the lung', 'bibasilar opacities'],
      negative: ['no lung opacity', 'the lungs are clear', 'no focal opacity', 'clear lungs bilaterally'],
    },
    'Lung Lesion': {
      positive: ['lung lesion', 'pulmonary nodule', 'lung mass', 'nodular opacity in the lung'],
      negative: ['no lung lesion', 'no pulmonary nodule or mass', 'no suspicious pulmonary nodule'],
    },
    Edema: {
      positive: ['pulmonary edema', 'interstitial edema', 'pulmonary vascular congestion with edema'],
      negative: ['no pulmonary edema', 'no evidence of edema', 'normal pulmonary vascularity'],
    },
    Consolidation: {
      positive: ['consolidation', 'focal consolidation', 'airspace consolidation in the lung'],
      negative: ['no consolidation', 'no focal consolidation', 'no airspace consolidation'],
    },
    Pneumonia: {
      positive: ['pneumonia', 'findings consistent with pneumonia', 'lobar pneumonia', 'infectious infiltrate'],
      negative: ['no pneumonia', 'no evidence of pneumonia', 'no focal airspace disease to suggest pneumonia'],
    },
    Atelectasis: {
      positive: ['atelectasis', 'bibasilar atelectasis', 'linear atelectasis at the lung base', 'volume loss'],
      negative: ['no atelectasis', 'no evidence of atelectasis', 'the lungs are well expanded'],
    },
    Pneumothorax: {
      positive: ['pneumothorax', 'apical pneumothorax', 'small right pneumothorax', 'visible pleural line'],
      negative: ['no pneumothorax', 'no evidence of pneumothorax', 'no visible pneumothorax'],
    },
    'Pleural Effusion': effusion,
    'Pleural Other': {
      positive: ['pleural thickening', 'pleural plaque', 'pleural scarring'],
      negative: ['no pleural thickening', 'no pleural abnormality', 'normal pleural surfaces'],
    },
    Fracture: {
      positive: ['fracture', 'rib fracture', 'displaced rib fracture', 'healed fracture'],
      negative: ['no fracture', 'no acute bony abnormality', 'the bony structures are intact'],
    },
    'Support Devices': {
      positive: [
        'support devices',
        'pacemaker leads',
        'endotracheal tube',
        'central venous catheter',
        'nasogastric tube',
      ],
      negative: ['no support devices', 'no lines or tubes', 'no pacemaker'],
    },
    Effusion: effusion,
    Emphysema: {
      positive: ['emphysema', 'hyperinflated lungs', 'emphysematous changes'],
      negative: ['no emphysema', 'no hyperinflation', 'normal lung volumes'],
    },
    Fibrosis: {
      positive: ['pulmonary fibrosis', 'fibrotic changes', 'interstitial scarring'],
      negative: ['no pulmonary fibrosis', 'no interstitial scarring', 'normal interstitial markings'],
    },
    Hernia: {
      positive: ['hiatal hernia', 'diaphragmatic hernia', 'large hiatal hernia with air-fluid level'],
      negative: ['no hiatal hernia', 'no diaphragmatic hernia', 'normal diaphragm'],
    },
    Infiltration: {
      positive: ['pulmonary infiltrate', 'infiltration in the lung', 'patchy infiltrates'],
      negative: ['no infiltrate', 'no pulmonary infiltration', 'the lungs are clear'],
    },
    Mass: {
      positive: ['lung mass', 'pulmonary mass', 'large mass in the lung'],
      negative: ['no lung mass', 'no pulmonary mass', 'no mass is seen'],
    },
    Nodule: {
      positive: ['pulmonary nodule', 'lung nodule', 'small nodule in the lung'],
      negative: ['no pulmonary nodule', 'no lung nodule', 'no nodule is seen'],
    },
    'Pleural Thickening': pleuralThickening,
    Pleural_Thickening: pleuralThickening,
  },
});
