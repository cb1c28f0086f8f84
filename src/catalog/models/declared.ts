/** Models that are not run here: what they are, what they saw, and how predictions of theirs are judged. */
import { defineModel } from '../../core/model.ts';

const JUDGE =
  'predictions that you made with it elsewhere are judged like those of any model: medvlm score FILE (one row per image, one column per finding)';

const medbridge = defineModel({
  name: 'medbridge',
  version: '1',
  card: {
    title: 'MedBridge',
    architecture:
      'not a model but an adapter: learnable queries in frozen vision-language models, high-resolution crops and a mixture of experts, trained for each dataset',
    licence: 'not stated: no code or weights could be read',
    citation:
      'Li Y, Ghahremani M, Wachinger C. MedBridge: Bridging Foundation Vision-Language Models to Medical Image Diagnosis in Chest X-Ray. 2025. arXiv:2505.21698',
    access: 'declared',
    weights: `no weights are to be had; ${JUDGE}`,
    exposure: {
      'mimic-cxr': 'unknown',
      chexpert: 'unknown',
      'iu-xray': 'unknown',
      'nih-chestxray14': 'unknown',
      padchest: 'unknown',
      'vindr-cxr': 'unknown',
    },
    notes: [
      'It is trained on the dataset that it is judged on, so it has no zero-shot numbers, and its exposure is that of the checkpoint at hand: tuned on whatever was used.',
      'Version 2 of the preprint names github.com/ai-med/MedBridge; a later abstract under the title "Adapting Foundation Vision-Language Models to Medical Diagnosis via Query-Driven Expert Bridging" says that code will be released upon acceptance. No file of it was seen; repositories of the same name elsewhere are other things.',
      'The claim of the abstract is 6 to 15 % more AUC than other adapters on five chest radiograph sets; nobody outside has reproduced it.',
    ],
  },
});

const llavaMed = defineModel({
  name: 'llava-med',
  version: '1',
  card: {
    title: 'LLaVA-Med v1.5 (Mistral 7B)',
    architecture:
      'CLIP ViT-L/14 at 336 pixels (576 tokens of the penultimate layer), a two-layer projector, and Mistral-7B-Instruct-v0.2',
    parameters: 7_566_219_264,
    licence:
      'disputed: Microsoft Research License Terms and research use only (microsoft/LLaVA-Med), the licence of Mistral-7B according to the model card; take it as research only, no clinical use',
    citation:
      'Li C, Wong C, Zhang S, Usuyama N, Liu H, Yang J, Naumann T, Poon H, Gao J. LLaVA-Med: Training a Large Language-and-Vision Assistant for Biomedicine in One Day. NeurIPS 2023 Datasets and Benchmarks. arXiv:2306.00890',
    access: 'declared',
    weights: `Hugging Face microsoft/llava-med-v1.5-mistral-7b, about 15 GB; it generates text, which is not done here; ${JUDGE}`,
    exposure: {
      'mimic-cxr': 'clean',
      chexpert: 'clean',
      'iu-xray': 'unknown',
      'nih-chestxray14': 'clean',
      padchest: 'clean',
      'vindr-cxr': 'clean',
    },
    notes: [
      'Trained on figures and captions of PubMed Central (PMC-15M), not on MIMIC-CXR or OpenI as is sometimes said; teaching images in PubMed Central may overlap with IU X-ray.',
      "The authors' own loader ignores the vision tower of the checkpoint and takes the stock CLIP (microsoft/LLaVA-Med issue 105); servers differ in this. Say which one made the predictions.",
      'Numbers of version 1 were made after fine-tuning on each question set: VQA-RAD closed questions 84 %, where the general release gets 54 % of all questions (alibaba-damo-academy/MedEvalKit issue 13). They must not be compared with those of the general release.',
      'A 4-bit version is another model: name it so.',
    ],
  },
});

const xraygpt = defineModel({
  name: 'xraygpt',
  version: '1',
  card: {
    title: 'XrayGPT',
    architecture:
      'EVA-CLIP-g (39 blocks × 1408), the Q-Former of BLIP-2 (32 queries), a linear layer, and Vicuna-7B v1',
    parameters: 7_832_625_024,
    licence: 'CC BY-NC-SA 4.0 (mbzuai-oryx/XrayGPT); Vicuna v1 is bound to the non-commercial terms of LLaMA',
    citation:
      'Thawkar O, Shaker A, Mullappilly SS, Cholakkal H, Anwer RM, Khan S, Laaksonen J, Khan FS. XrayGPT: Chest Radiographs Summarization using Large Medical Vision-Language Models. BioNLP 2024. arXiv:2306.07971',
    access: 'declared',
    weights: `four parts from SharePoint and Google Storage, named in github.com/mbzuai-oryx/XrayGPT; it generates text, which is not done here; ${JUDGE}`,
    exposure: {
      'mimic-cxr': 'trained',
      chexpert: 'clean',
      'iu-xray': 'trained',
      'nih-chestxray14': 'clean',
      padchest: 'clean',
      'vindr-cxr': 'clean',
    },
    notes: [
      'Trained on OpenI, which is IU X-ray: a score on IU X-ray says how well it remembers, not how well it reads films.',
      "The paper says that the image encoder is MedCLIP's; the released code has EVA-CLIP and BLIP-2, and an issue that asks about it has no answer (mbzuai-oryx/XrayGPT issue 11).",
      'The published settings sample at temperature 1: two runs give two texts. Say the seed and the settings with the predictions.',
    ],
  },
});

export default [medbridge, llavaMed, xraygpt];
