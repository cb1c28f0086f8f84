/** Caveats: what the numbers do not say. Those that do not apply to this run are left out. */
import { html, type Markup } from '../markup.ts';
import { percent, plural } from '../numbers.ts';
import type { ReportIndex } from '../report-index.ts';
import type { Section } from '../section.ts';

interface Caveat {
  readonly title: string;
  readonly text: string;
  readonly applies: boolean;
}

function exposedModels({ models, data }: ReportIndex): readonly string[] {
  const seen = (name: string | undefined) => name === 'trained' || name === 'tuned';
  return models
    .filter(({ reported }) => data.datasets.some((dataset) => seen(reported?.card?.exposure[dataset.name])))
    .map(({ name }) => name);
}

function aboutData(index: ReportIndex): readonly Caveat[] {
  const { data } = index;
  const exposed = exposedModels(index);
  const failed = data.predictions.filter((row) => row.failure !== null).length;
  return [
    {
      title: 'Synthetic data',
      text: `Computer-made films follow the rules of the program that draws them. A high score shows that a model found these
rules, a low one that it did not; neither speaks of patients.`,
      applies: data.datasets.some(({ synthetic }) => synthetic),
    },
    {
      title: 'What the intervals cover',
      text: `${percent(data.statistics.confidence)} intervals answer one question: how the score would vary if other patients
of the same source had been drawn. They do not cover errors of the labels, the choice of prompts, another hospital, or another
training run of the model.`,
      applies: true,
    },
    {
      title: 'Trained on the same source',
      text: `${exposed.join(', ')}: trained or tuned on a dataset that is judged here. Scores in the domain of training are
higher than elsewhere, even on patients that were held out.`,
      applies: exposed.length > 0,
    },
    {
      title: 'Failed items',
      text: `${plural(failed, 'prediction')} failed. They are counted beside every score and never dropped in silence.`,
      applies: failed > 0,
    },
  ];
}

function aboutTasks({ evaluations }: ReportIndex): readonly Caveat[] {
  const scores = evaluations.some(({ kind }) => kind === 'scores');
  return [
    {
      title: 'Few positives',
      text: `With fewer than ten positives an interval rests on a handful of films, and the bootstrap makes it too narrow.`,
      applies: scores,
    },
    {
      title: 'Zero-shot scores have no natural threshold',
      text: `Similarities are not probabilities. AUROC and AUPRC need no threshold; F1, precision, recall, specificity,
accuracy and MCC do, and change with the policy that chose it. Compare them only under the same policy.`,
      applies: scores,
    },
    {
      title: 'Prompts decide',
      text: `Another wording of the same finding can move an AUROC by more than the gap between two models. An AUROC far below
0.5 is more often an inverted prompt than a blind model.`,
      applies: evaluations.some(({ task }) => task === 'zero-shot'),
    },
    {
      title: 'Retrieval depends on the pool',
      text: `Recall@K falls as the pool grows, and identical reports count as several correct answers. A figure from another
pool cannot be put beside these.`,
      applies: evaluations.some(({ kind }) => kind === 'rankings'),
    },
    {
      title: 'Not a medical device',
      text: `This report compares research models. Nothing in it supports a decision about a patient.`,
      applies: true,
    },
  ];
}

export function caveatSection(index: ReportIndex): Section {
  const items = [...aboutData(index), ...aboutTasks(index)]
    .filter(({ applies }) => applies)
    .map(({ title, text }): Markup => html`<li><h4>${title}</h4><p>${text}</p></li>`);
  return { id: 'caveats', title: 'Caveats', short: 'Caveats', body: html`<ul class="caveats">${items}</ul>` };
}
