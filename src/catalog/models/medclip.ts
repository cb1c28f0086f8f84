/** MedCLIP in both of its published forms. Source: Wang et al. 2022, arXiv:2210.10163; RyanWangZf/MedCLIP. */
import { defineModel, type ModelCard } from '../../core/model.ts';
import { importMedclip, medclipOptions, resnetTower, swinTower } from './import/medclip-import.ts';

const FILES = 'https://storage.googleapis.com/pytrial/';
const VOCABULARY = 'https://huggingface.co/emilyalsentzer/Bio_ClinicalBERT/resolve/main/vocab.txt';

const WEIGHTS = (file: string) =>
  `get ${FILES}${file}, and vocab.txt of huggingface.co/emilyalsentzer/Bio_ClinicalBERT (with tokenizer_config.json, if it is there), which the archive does not hold; put them into one folder and name the folder`;

const NOTES = [
  'The text embedding depends on how far a text is padded, because padding is pooled with the rest: prompts of one class are padded to the longest of them, as the authors do, and a text that stands alone is not padded. The option pooling: masked-mean leaves padding out; it is a deviation.',
  'Lower-casing is read from tokenizer_config.json; without that file texts are lower-cased, as transformers does for a repository that has none (EmilyAlsentzer/clinicalBERT issue 26).',
  'Texts above 77 tokens are cut.',
  'Official prompts exist for Atelectasis, Cardiomegaly, Consolidation, Edema and Pleural Effusion (medclip-chexpert), COVID-19 (medclip-covid) and Pneumonia (medclip-rsna), and have no negatives. The authors draw ten of each class without a seed: use all, or promptSample with a seed.',
  'Disputed: users report that the published weights give neither the numbers of the paper nor the sample of the README (RyanWangZf/MedCLIP issues 19 and 43, mbzuai-oryx/XrayGPT issue 33, FereshteShakeri/few-shot-MedVLMs issue 4; no answer of the authors).',
  'The weights are those of RyanWangZf/MedCLIP; other code that is called MedCLIP elsewhere often loads plain CLIP.',
];

const card = {
  licence:
    'code: BSD according to setup.py, no licence file (RyanWangZf/MedCLIP); the licence of the weights is not stated, and they derive from MIMIC-CXR and CheXpert',
  citation:
    'Wang Z, Wu Z, Agarwal D, Sun J. MedCLIP: Contrastive Learning from Unpaired Medical Images and Text. EMNLP 2022. arXiv:2210.10163, doi:10.18653/v1/2022.emnlp-main.256',
  access: 'download',
  exposure: {
    'mimic-cxr': 'trained',
    chexpert: 'trained',
    'iu-xray': 'clean',
    'nih-chestxray14': 'clean',
    padchest: 'clean',
    'vindr-cxr': 'clean',
  },
} as const satisfies Partial<ModelCard>;

const downloads = (file: string) => [
  { url: `${FILES}${file}`, file },
  { url: VOCABULARY, file: 'vocab.txt' },
];

export const medclipVit = defineModel({
  name: 'medclip-vit',
  version: '1',
  card: {
    ...card,
    title: 'MedCLIP (ViT)',
    architecture: 'Swin-Tiny (patch 4, window 7) with Bio_ClinicalBERT (12 × 768); layers 1, 2 and last pooled',
    parameters: 136_616_059,
    weights: WEIGHTS('medclip-vit-pretrained.zip'),
    downloads: downloads('medclip-vit-pretrained.zip'),
    notes: ['Called ViT by its authors; the weights are of a Swin transformer of 27.5 million weights.', ...NOTES],
  },
  options: medclipOptions,
  import: (request) => importMedclip(swinTower, request),
});

export const medclipResnet = defineModel({
  name: 'medclip-resnet',
  version: '1',
  card: {
    ...card,
    title: 'MedCLIP (ResNet-50)',
    architecture: 'torchvision ResNet-50 with Bio_ClinicalBERT (12 × 768); layers 1, 2 and last pooled',
    parameters: 133_260_097,
    weights: WEIGHTS('medclip-pretrained.zip'),
    downloads: downloads('medclip-pretrained.zip'),
    notes: NOTES,
  },
  options: medclipOptions,
  import: (request) => importMedclip(resnetTower, request),
});

export default [medclipVit, medclipResnet];
