/** Examples of retrieval: a query and its first candidates, correct ones marked; text and pictures only where they may be shown. */
import type { PredictionRow } from '../../core/result.ts';
import type { ReportSections } from '../../core/study.ts';
import { chooseExamples, type RetrievalExample } from '../gallery.ts';
import { html, type Markup, pictureSource } from '../markup.ts';
import { findingTitle, type NamedModel } from '../naming.ts';
import { fixed, isNumber } from '../numbers.ts';
import type { ReportIndex, TaskEvaluation } from '../report-index.ts';
import { modelLabel } from '../section.ts';
import { picture } from './picture.ts';

const LONGEST_TEXT = 260;

/** What a report says in short: its impression, else its findings. */
export function reportText(report: ReportSections | undefined): string | undefined {
  return report?.impression ?? report?.findings;
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length > LONGEST_TEXT ? `${characters.slice(0, LONGEST_TEXT).join('')}…` : text;
}

/** Item id (image or study) to study id, as far as the predictions tell. */
function studiesOf(index: ReportIndex, dataset: string): ReadonlyMap<string, string> {
  const studies = new Map<string, string>();
  for (const row of index.data.predictions)
    if (row.dataset === dataset) {
      studies.set(row.item, row.study);
      studies.set(row.study, row.study);
    }
  return studies;
}

interface Setting {
  readonly index: ReportIndex;
  readonly evaluation: TaskEvaluation;
  readonly studies: ReadonlyMap<string, string>;
}

/**
 * A candidate is correct where it belongs to the query's study, where its report is the same word for word, or where it
 * stands at the query's recorded rank.
 */
function isHit({ row, candidates }: RetrievalExample, place: number, { index, studies }: Setting): boolean {
  const study = studies.get(candidates[place]!) ?? candidates[place]!;
  if (study === row.study || row.rank === place + 1) return true;
  const [own, other] = [reportText(index.data.reports.get(row.study)), reportText(index.data.reports.get(study))];
  return own !== undefined && own === other;
}

function candidate(example: RetrievalExample, place: number, setting: Setting): Markup {
  const { index, evaluation, studies } = setting;
  const id = example.candidates[place]!;
  const hit = isHit(example, place, setting);
  const open = evaluation.dataset.tier === 'open';
  const text = reportText(index.data.reports.get(studies.get(id) ?? id));
  const image = pictureSource(index.data.thumbnails.get(id));
  const content =
    example.row.finding === 'report-to-image'
      ? image
        ? html`<img src="${image}" alt="candidate ${place + 1}">`
        : picture(index, { item: id, open })
      : html`<p>${text !== undefined ? shortened(text) : open ? 'report text not in this report' : 'not shown: the data-use tier forbids it'}</p>`;
  return html`<li class="${hit ? 'hit' : 'miss'}"><span class="place">${place + 1}</span>${content}<span class="ci">${hit ? '✓ correct' : ''} ${id}</span></li>`;
}

function query(row: PredictionRow, { index, evaluation }: Setting): Markup {
  const open = evaluation.dataset.tier === 'open';
  if (row.finding !== 'report-to-image') return picture(index, { item: row.item, study: row.study, open });
  const text = reportText(index.data.reports.get(row.study));
  return html`<blockquote>${text !== undefined ? shortened(text) : open ? 'report text not in this report' : 'not shown: the data-use tier forbids it'}</blockquote>`;
}

function example(entry: RetrievalExample, setting: Setting): Markup {
  const { row, candidates } = entry;
  const rank = isNumber(row.rank) ? fixed(row.rank, Number.isInteger(row.rank) ? 0 : 1) : 'n/a';
  const items = candidates.map((_, place) => candidate(entry, place, setting));
  const kind = row.finding === 'report-to-image' ? 'images' : 'texts';
  return html`<div class="example"><div class="query">${query(row, setting)}<p class="ci">query ${row.item}<br>first correct answer: rank <b>${rank}</b></p></div><ol class="candidates ${kind}">${items}</ol></div>`;
}

function modelExamples(model: NamedModel, examples: readonly RetrievalExample[], setting: Setting): Markup {
  const directions = [...new Set(examples.map(({ row }) => row.finding))];
  const parts = directions.map(
    (direction) =>
      html`<h5>${findingTitle(direction)}: best, middle and worst query</h5>${examples.filter(({ row }) => row.finding === direction).map((entry) => example(entry, setting))}`,
  );
  return html`<details class="examples"><summary>Examples of ${modelLabel(model)}</summary>${parts}</details>`;
}

/** Folded examples of every model; nothing where no query has candidates. */
export function exampleCards(evaluation: TaskEvaluation, index: ReportIndex): Markup | null {
  const setting = { index, evaluation, studies: studiesOf(index, evaluation.dataset.id) };
  const parts = evaluation.models
    .filter((model) => !model.baseline)
    .flatMap((model) => {
      const examples = chooseExamples(evaluation.rows.get(model.key) ?? []);
      return examples.length > 0 ? [modelExamples(model, examples, setting)] : [];
    });
  return parts.length > 0 ? html`<h4>Examples</h4>${parts}` : null;
}
