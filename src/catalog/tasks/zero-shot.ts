/**
 * Zero-shot classification: does the image show the finding? One probability per item and finding from positive and, where
 * the prompt set has them, negative prompts. Source: Tiu et al. 2022, doi:10.1038/s41551-022-00936-9;
 * rajpurkarlab/CheXzero:zero_shot.py; Wang et al. 2022, arXiv:2210.10163; RyanWangZf/MedCLIP:medclip/evaluator.py.
 */
import { z } from 'zod';
import { declaredThreshold } from '../../core/declared-threshold.ts';
import { ConfigError } from '../../core/errors.ts';
import { didYouMean } from '../../core/nearest.ts';
import { defineTask, type TaskRequest } from '../../core/task.ts';
import { labelPolicy, targetOf } from '../../lib/label-policy.ts';
import { scoreBaselines } from '../../lib/scoring/baselines.ts';
import { type BinaryQuestion, evaluateScores } from '../../lib/scoring/evaluate-scores.ts';
import { type Item, listItems } from '../../lib/scoring/items.ts';
import { type PromptColumn, predictPairs } from '../../lib/scoring/predict-pairs.ts';
import {
  NO_PROMPTS,
  promptColumns,
  promptGroups,
  promptProtocol,
  promptSet,
} from '../../lib/scoring/prompt-columns.ts';
import { judgedScores } from '../../lib/scoring/score-matrix.ts';
import { refuseJudgedPart } from '../../lib/scoring/threshold.ts';

const options = z.strictObject({
  /** `name@version`; `none` where predictions were made elsewhere. */
  prompts: z.string().default('chexzero-pair@1'),
  /** Some of each class's prompts, drawn by this seed, as MedCLIP's authors do (without a seed); all unless given. */
  promptSample: z.strictObject({ size: z.int().positive(), seed: z.int().nonnegative() }).optional(),
  /** Label policy, `name@version`. */
  labels: z.string().default('uncertain-ignored@1'),
  threshold: declaredThreshold.prefault({ policy: 'youden' }),
  views: z.enum(['frontal', 'all']).default('frontal'),
  /** `study`: the mean over a study's images of the wanted views. */
  unit: z.enum(['image', 'study']).default('image'),
  /** Some of the dataset's findings; all unless given. */
  findings: z.array(z.string()).min(1).optional(),
  /** Patients with a finding, and without, that it needs to enter macro and micro means and to raise alarms. */
  minimumPatients: z.int().positive().default(5),
});

type Options = z.infer<typeof options>;
type Request = TaskRequest<Options>;

const name = 'zero-shot';
const version = '1';

function findingsOf({ dataset, options: { findings } }: Request): readonly string[] {
  for (const finding of findings ?? []) {
    if (dataset.findings.includes(finding)) continue;
    throw new ConfigError(
      `task ${name}, expected findings of dataset ${dataset.id}, got "${finding}"`,
      didYouMean(finding, dataset.findings),
    );
  }
  return findings ?? dataset.findings;
}

function itemsOf({ dataset, options: { views, unit, threshold } }: Request): Item[] {
  refuseJudgedPart(threshold, dataset);
  const parts = threshold.policy === 'fixed' ? [dataset.evaluate] : [dataset.evaluate, threshold.on];
  return listItems(dataset, { views, unit, parts });
}

/** None where predictions were made elsewhere. */
function columnsOf(request: Request): readonly PromptColumn[] {
  const { prompts, promptSample } = request.options;
  if (prompts === NO_PROMPTS) return [];
  return promptColumns(promptSet(prompts, request.promptSets), findingsOf(request), promptSample);
}

function questionOf(request: Request): BinaryQuestion {
  const { prompts, promptSample, labels, threshold, views, unit, minimumPatients } = request.options;
  const policy = labelPolicy(labels);
  const texts = promptProtocol(prompts, columnsOf(request), promptSample);
  return {
    task: name,
    dataset: request.dataset,
    items: itemsOf(request),
    findings: findingsOf(request),
    target: (item, finding) => targetOf(policy, item.study, finding),
    threshold,
    minimumPatients,
    means: true,
    protocol: `task=${name}@${version};${texts};labels=${labels};views=${views};unit=${unit}`,
  };
}

export default defineTask<Options>({
  name,
  version,
  headlines: [{ finding: 'macro', metric: 'auroc' }],
  options,
  needs: (request) => {
    const { items } = questionOf(request); // every option is refused here, before anything is inferred
    return {
      images: items.flatMap((item) => item.images),
      texts: [],
      prompts: promptGroups(columnsOf(request)),
    };
  },
  predict: async (request, members) => predictPairs(itemsOf(request), columnsOf(request), members),
  baselines: (request) => {
    const { views, unit } = request.options;
    return scoreBaselines({ ...questionOf(request), selection: { views, unit }, seed: request.seed });
  },
  evaluate: (request, model, prediction, metrics) =>
    evaluateScores(questionOf(request), model, judgedScores(prediction), metrics),
});
