/** Cards of the text encoders. */
import type { Download, ModelCard } from '../../../core/model.ts';

const POOLING_NOTE =
  'Not trained for the likeness of sentences: the pooling (option pooling: masked-mean or cls) is our choice, and cosines of different texts lie close together.';

const CASE_NOTE =
  'Its repository has no tokenizer_config.json, and the vocabulary alone does not tell whether texts are lower-cased: say it with the option lowercase (true is what transformers does there), or put the file beside vocab.txt.';

const CLEAN = {
  'mimic-cxr': 'clean',
  chexpert: 'clean',
  'iu-xray': 'clean',
  'nih-chestxray14': 'clean',
  padchest: 'clean',
  'vindr-cxr': 'clean',
} as const;

function repository(id: string, files: readonly string[]): readonly Download[] {
  return files.map((file) => ({ url: `https://huggingface.co/${id}/resolve/main/${file}`, file }));
}

function published(id: string, files: readonly string[]): Pick<ModelCard, 'access' | 'weights' | 'downloads'> {
  return {
    access: 'download',
    weights: `Hugging Face ${id}: ${files.join(', ')} into one folder; name it under "from"`,
    downloads: repository(id, files),
  };
}

export const CARDS: Readonly<Record<string, ModelCard>> = {
  bioclinicalbert: {
    title: 'Bio_ClinicalBERT',
    architecture: 'BERT-base (12 × 768), cased vocabulary of 28,996; text only',
    parameters: 108_310_272,
    licence: 'MIT; trained on MIMIC-III notes, which are credentialed data',
    citation:
      'Alsentzer E, Murphy JR, Boag W, Weng WH, Jin D, Naumann T, McDermott MBA. Publicly available clinical BERT embeddings. ClinicalNLP 2019. doi:10.18653/v1/W19-1909, arXiv:1904.03323',
    ...published('emilyalsentzer/Bio_ClinicalBERT', ['config.json', 'vocab.txt', 'pytorch_model.bin']),
    exposure: { ...CLEAN, 'mimic-cxr': 'unknown' },
    notes: [
      POOLING_NOTE,
      CASE_NOTE,
      'Trained on all notes of MIMIC-III, radiology reports among them; their patients overlap with those of MIMIC-CXR to an extent that nobody published.',
      'Trained on texts of at most 128 tokens; the positions up to 512 are those of BioBERT.',
    ],
  },
  pubmedbert: {
    title: 'PubMedBERT (BiomedBERT), abstracts',
    architecture: 'BERT-base (12 × 768), own uncased vocabulary of 30,522; text only',
    parameters: 109_482_240,
    licence: 'MIT (model card)',
    citation:
      'Gu Y, Tinn R, Cheng H, Lucas M, Usuyama N, Liu X, Naumann T, Gao J, Poon H. Domain-specific language model pretraining for biomedical natural language processing. ACM Trans Comput Healthc 2021. doi:10.1145/3458754, arXiv:2007.15779',
    ...published('microsoft/BiomedNLP-BiomedBERT-base-uncased-abstract', [
      'config.json',
      'vocab.txt',
      'tokenizer_config.json',
      'pytorch_model.bin',
    ]),
    exposure: CLEAN,
    notes: [
      POOLING_NOTE,
      'A sibling, -abstract-fulltext, has the same layout and was trained on full articles of PubMed Central too: it is another model.',
      'The checkpoint that BiomedCLIP started its text tower from.',
    ],
  },
  distilbert: {
    title: 'DistilBERT',
    architecture: 'DistilBERT (6 × 768), uncased vocabulary of 30,522; text only',
    parameters: 66_362_880,
    licence: 'Apache-2.0 (model card)',
    citation:
      'Sanh V, Debut L, Chaumond J, Wolf T. DistilBERT, a distilled version of BERT: smaller, faster, cheaper and lighter. 2019. arXiv:1910.01108',
    ...published('distilbert/distilbert-base-uncased', [
      'config.json',
      'vocab.txt',
      'tokenizer_config.json',
      'model.safetensors',
    ]),
    exposure: CLEAN,
    notes: [POOLING_NOTE, 'Trained on Wikipedia and books: the general-domain floor of the text encoders.'],
  },
  tinybert: {
    title: 'TinyBERT (general, 4 layers)',
    architecture: 'BERT (4 × 312, 12 heads of 26), uncased vocabulary of 30,522; text only',
    parameters: 14_350_248,
    licence: 'Apache-2.0 (huawei-noah/Pretrained-Language-Model)',
    citation:
      'Jiao X, Yin Y, Shang L, Jiang X, Chen X, Li L, Wang F, Liu Q. TinyBERT: distilling BERT for natural language understanding. Findings of EMNLP 2020. doi:10.18653/v1/2020.findings-emnlp.372, arXiv:1909.10351',
    ...published('huawei-noah/TinyBERT_General_4L_312D', ['config.json', 'vocab.txt', 'pytorch_model.bin']),
    exposure: CLEAN,
    notes: [
      POOLING_NOTE,
      CASE_NOTE,
      'Heads are 26 wide: config.json must lie beside the weights, since the shapes do not tell how many there are.',
      'TinyBERT_General_6L_768D has the same layout and is imported as well; it is another model.',
    ],
  },
};
