/** Frontal or lateral? The positive class is frontal; items are all images whose view the dataset knows. */
import { z } from 'zod';
import { declaredThreshold } from '../../core/declared-threshold.ts';
import { defineTask, type TaskRequest } from '../../core/task.ts';
import { scoreBaselines } from '../../lib/scoring/baselines.ts';
import { type BinaryQuestion, evaluateScores } from '../../lib/scoring/evaluate-scores.ts';
import { type Item, listItems } from '../../lib/scoring/items.ts';
import { predictPairs } from '../../lib/scoring/predict-pairs.ts';
import { NO_PROMPTS, promptColumns, promptGroups, promptSet } from '../../lib/scoring/prompt-columns.ts';
import { judgedScores } from '../../lib/scoring/score-matrix.ts';
import { refuseJudgedPart } from '../../lib/scoring/threshold.ts';

const options = z.strictObject({
  /** `name@version` of a set with prompts for `frontal`; `none` where predictions were made elsewhere. */
  prompts: z.string().default('view-pair@1'),
  /** A fixed 0.5 is the plain zero-shot decision: the nearer of the two prompts. */
  threshold: declaredThreshold.prefault({ policy: 'fixed', value: 0.5 }),
  /** Patients with either view that alarms need. */
  minimumPatients: z.int().positive().default(5),
});

type Options = z.infer<typeof options>;
type Request = TaskRequest<Options>;

const name = 'view';
const version = '1';
const findings = ['frontal'];
const selection = { views: 'known', unit: 'image' } as const;

function itemsOf({ dataset, options: { threshold } }: Request): Item[] {
  refuseJudgedPart(threshold, dataset);
  const parts = threshold.policy === 'fixed' ? [dataset.evaluate] : [dataset.evaluate, threshold.on];
  return listItems(dataset, { ...selection, parts });
}

const columnsOf = (request: Request) => promptColumns(promptSet(request.options.prompts, request.promptSets), findings);

function questionOf(request: Request): BinaryQuestion {
  const { prompts, threshold, minimumPatients } = request.options;
  return {
    task: name,
    dataset: request.dataset,
    items: itemsOf(request),
    findings,
    target: (item) => (item.images[0]!.view === 'frontal' ? 1 : 0),
    threshold,
    minimumPatients,
    means: false,
    protocol: `task=${name}@${version};prompts=${prompts};labels=dataset-views;positive=frontal;unit=image`,
  };
}

export default defineTask<Options>({
  name,
  version,
  headlines: [{ finding: 'frontal', metric: 'auroc' }],
  options,
  needs: (request) => ({
    images: itemsOf(request).flatMap((item) => item.images),
    texts: [],
    prompts: request.options.prompts === NO_PROMPTS ? [] : promptGroups(columnsOf(request)),
  }),
  predict: async (request, members) => predictPairs(itemsOf(request), columnsOf(request), members),
  baselines: (request) => scoreBaselines({ ...questionOf(request), selection, seed: request.seed }),
  evaluate: (request, model, prediction, metrics) =>
    evaluateScores(questionOf(request), model, judgedScores(prediction), metrics),
});
