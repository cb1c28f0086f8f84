/** The plug-ins of the catalog. Written by `node scripts/barrel.mjs`; a test compares it with the folders. */

import { collectCatalog } from './collect.ts';
import datasetChexpert from './datasets/chexpert.ts';
import datasetFolder from './datasets/folder.ts';
import datasetIuXray from './datasets/iu-xray.ts';
import datasetMimicCxr from './datasets/mimic-cxr.ts';
import datasetMimicCxrJpg from './datasets/mimic-cxr-jpg.ts';
import datasetNihChestxray14 from './datasets/nih-chestxray14.ts';
import datasetPhantom from './datasets/phantom.ts';
import metricAccuracy from './metrics/accuracy.ts';
import metricAuprc from './metrics/auprc.ts';
import metricAuroc from './metrics/auroc.ts';
import metricBalancedAccuracy from './metrics/balanced-accuracy.ts';
import metricF1 from './metrics/f1.ts';
import metricMcc from './metrics/mcc.ts';
import metricMedianRank from './metrics/median-rank.ts';
import metricMrr from './metrics/mrr.ts';
import metricNdcgAtK from './metrics/ndcg-at-k.ts';
import metricPrecision from './metrics/precision.ts';
import metricRecall from './metrics/recall.ts';
import metricRecallAtK from './metrics/recall-at-k.ts';
import metricSpecificity from './metrics/specificity.ts';
import modelBiomedclip from './models/biomedclip.ts';
import modelChexzero from './models/chexzero.ts';
import modelClip from './models/clip.ts';
import modelDeclared from './models/declared.ts';
import modelMedclip from './models/medclip.ts';
import modelMedfilip from './models/medfilip.ts';
import modelOnnx from './models/onnx.ts';
import modelTextEncoders from './models/text-encoders.ts';
import promptChexzeroPair from './prompts/chexzero-pair.ts';
import promptMedclipChexpert from './prompts/medclip-chexpert.ts';
import promptMedclipCovid from './prompts/medclip-covid.ts';
import promptMedclipRsna from './prompts/medclip-rsna.ts';
import promptRadiologistEnsemble from './prompts/radiologist-ensemble.ts';
import promptViewPair from './prompts/view-pair.ts';
import taskRetrieval from './tasks/retrieval.ts';
import taskView from './tasks/view.ts';
import taskZeroShot from './tasks/zero-shot.ts';

export const catalog = collectCatalog({
  datasets: [
    datasetChexpert,
    datasetFolder,
    datasetIuXray,
    datasetMimicCxrJpg,
    datasetMimicCxr,
    datasetNihChestxray14,
    datasetPhantom,
  ],
  models: [
    modelBiomedclip,
    modelChexzero,
    modelClip,
    modelDeclared,
    modelMedclip,
    modelMedfilip,
    modelOnnx,
    modelTextEncoders,
  ],
  tasks: [taskRetrieval, taskView, taskZeroShot],
  metrics: [
    metricAccuracy,
    metricAuprc,
    metricAuroc,
    metricBalancedAccuracy,
    metricF1,
    metricMcc,
    metricMedianRank,
    metricMrr,
    metricNdcgAtK,
    metricPrecision,
    metricRecallAtK,
    metricRecall,
    metricSpecificity,
  ],
  prompts: [
    promptChexzeroPair,
    promptMedclipChexpert,
    promptMedclipCovid,
    promptMedclipRsna,
    promptRadiologistEnsemble,
    promptViewPair,
  ],
});
