/**
 * MedCLIP's prompts for the five findings that CheXpert's competition judged: every combination of its slots, misspellings,
 * leading and double spaces included. The authors draw ten of each class without a seed; see the zero-shot task's promptSample.
 */
import { definePrompts } from '../../core/prompts.ts';
import { promptProduct } from '../../lib/scoring/prompt-product.ts';

const atThe = (places: string) => places.split(', ').map((place) => `at the ${place}`);

/** Slots in the authors' order of keys, which is severity, subtype, location but for pleural effusion. */
const SLOTS = {
  Atelectasis: [
    ['', 'mild', 'minimal'],
    'subsegmental, linear, trace, bibasilar, retrocardiac, bandlike, residual'
      .split(', ')
      .map((kind) => `${kind} atelectasis`),
    atThe(
      'mid lung zone, upper lung zone, right lung zone, left lung zone, lung bases, right lung base, left lung base, bilateral lung bases, left lower lobe, right lower lobe',
    ),
  ],
  Cardiomegaly: [
    [''],
    [
      'cardiac silhouette size is upper limits of normal',
      'cardiomegaly which is unchanged',
      'mildly prominent cardiac silhouette',
      'portable view of the chest demonstrates stable cardiomegaly',
      'portable view of the chest demonstrates mild cardiomegaly',
      'persistent severe cardiomegaly',
      'heart size is borderline enlarged',
      'cardiomegaly unchanged',
      'heart size is at the upper limits of normal',
      'redemonstration of cardiomegaly',
      'ap erect chest radiograph demonstrates the heart size is the upper limits of normal',
      'cardiac silhouette size is mildly enlarged',
      'mildly enlarged cardiac silhouette, likely left ventricular enlargement. other chambers are less prominent',
      'heart size remains at mildly enlarged',
      'persistent cardiomegaly with prominent upper lobe vessels',
    ],
    [''],
  ],
  Consolidation: [
    ['', 'increased', 'improved', 'apperance of'],
    'bilateral, reticular, retrocardiac, patchy, airspace, partial'.split(', ').map((kind) => `${kind} consolidation`),
    atThe(
      'lower lung zone, upper lung zone, left lower lobe, right lower lobe, left upper lobe, right uppper lobe, right lung base, left lung base',
    ),
  ],
  Edema: [
    ['', 'mild', 'improvement in', 'presistent', 'moderate', 'decreased'],
    ['pulmonary edema', 'trace interstitial edema', 'pulmonary interstitial edema'],
    [''],
  ],
  'Pleural Effusion': [
    ['', 'small', 'stable', 'large', 'decreased', 'increased'],
    ['left', 'right', 'tiny'],
    // The first is named twice, so that it counts twice in a mean.
    ['bilateral pleural effusion', 'subpulmonic pleural effusion', 'bilateral pleural effusion'],
  ],
};

export default definePrompts({
  name: 'medclip-chexpert',
  version: '1',
  source:
    'RyanWangZf/MedCLIP:medclip/constants.py, CHEXPERT_CLASS_PROMPTS, and prompts.py; Wang et al. 2022, arXiv:2210.10163',
  aggregation: 'mean-similarity',
  prompts: Object.fromEntries(
    Object.entries(SLOTS).map(([finding, slots]) => [finding, { positive: promptProduct(slots), negative: [] }]),
  ),
});
