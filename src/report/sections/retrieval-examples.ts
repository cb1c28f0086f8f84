/** Examples of retrieval: a query and its first candidates, correct ones marked; text and pictures only where they may be shown. */
import { mayShow, NOT_SHOWN } from '../../core/data-use.ts';
import type { PredictionRow } from '../../core/result.ts';
import type { ReportSections } from '../../core/study.ts';
import { chooseExamples, type RetrievalExample } from '../gallery.ts';
import { html, type Markup } from '../markup.ts';
import { findingTitle, type NamedModel } from '../naming.ts';
import { fixed, isNumber } from '../numbers.ts';
import { protocolValue } from '../protocol.ts';
import type { ReportIndex, TaskEvaluation } from '../report-index.ts';
import { modelLabel, seenChip } from '../section.ts';
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

/** Study of each candidate that is shown, as far as the predictions tell. */
function studiesOf(index: ReportIndex, dataset: string, shown: ReadonlySet<string>): ReadonlyMap<string, string> {
  const studies = new Map<string, string>();
  for (const row of index.data.predictions) {
    if (row.dataset !== dataset) continue;
    if (shown.has(row.item)) studies.set(row.item, row.study);
    if (shown.has(row.study)) studies.set(row.study, row.study);
  }
  return studies;
}

interface Setting {
  readonly index: ReportIndex;
  readonly evaluation: TaskEvaluation;
  readonly studies: ReadonlyMap<string, string>;
  /** Section that was searched, as the protocol names it. */
  readonly searched: string;
}

/** The section that was searched of a study's report, or why it is not there; never that of a dataset that is not open. */
function shownText(study: string, { index, evaluation, searched }: Setting): string {
  if (!mayShow(evaluation.dataset.tier, 'text')) return NOT_SHOWN;
  const report = index.data.reports.get(study);
  const text = searched === 'impression' ? report?.impression : (report?.findings ?? report?.impression);
  return text === undefined ? 'report text not in this report' : shortened(text);
}

/**
 * A candidate is marked correct where it belongs to the query's study, where its report is the same word for word, or where
 * it stands at the query's recorded rank.
 */
function isHit({ row, candidates }: RetrievalExample, place: number, { index, studies }: Setting): boolean {
  const study = studies.get(candidates[place]!) ?? candidates[place]!;
  if (study === row.study || row.rank === place + 1) return true;
  const [own, other] = [index.data.reports.get(row.study), index.data.reports.get(study)];
  return own !== undefined && other?.findings === own.findings && other?.impression === own.impression;
}

function candidate(entry: RetrievalExample, place: number, setting: Setting): Markup {
  const id = entry.candidates[place]!;
  const hit = isHit(entry, place, setting);
  const open = mayShow(setting.evaluation.dataset.tier, 'pixels');
  const content =
    entry.row.finding === 'report-to-image'
      ? picture(setting.index, { item: id, open })
      : html`<p>${shownText(setting.studies.get(id) ?? id, setting)}</p>`;
  return html`<li class="${hit ? 'hit' : 'miss'}"><span class="place">${place + 1}</span>${content}
<span class="ci">${hit ? '✓ correct · ' : ''}${id}</span></li>`;
}

function query(row: PredictionRow, setting: Setting): Markup {
  const open = mayShow(setting.evaluation.dataset.tier, 'pixels');
  if (row.finding === 'report-to-image') return html`<blockquote>${shownText(row.study, setting)}</blockquote>`;
  return picture(setting.index, { item: row.item, study: row.study, open });
}

function example(entry: RetrievalExample, setting: Setting): Markup {
  const { row, candidates } = entry;
  const rank = isNumber(row.rank) ? fixed(row.rank, Number.isInteger(row.rank) ? 0 : 1) : 'n/a';
  const items = candidates.map((_, place) => candidate(entry, place, setting));
  const kind = row.finding === 'report-to-image' ? 'images' : 'texts';
  const caption = html`<p class="ci">query ${row.item}<br>first correct answer: rank <b>${rank}</b></p>`;
  return html`<div class="example"><div class="query">${query(row, setting)}${caption}</div>
<ol class="candidates ${kind}">${items}</ol></div>`;
}

function modelExamples(model: NamedModel, examples: readonly RetrievalExample[], setting: Setting): Markup {
  const directions = [...new Set(examples.map(({ row }) => row.finding))];
  const parts = directions.map((direction) => {
    const own = examples.filter(({ row }) => row.finding === direction).map((entry) => example(entry, setting));
    return html`<h5>${findingTitle(direction)}: best, middle and worst query</h5>${own}`;
  });
  return html`<details class="examples"><summary>Examples of ${modelLabel(model)}${seenChip(model, setting.evaluation.dataset.name)}</summary>${parts}</details>`;
}

/** Folded examples of every model; nothing where no query has candidates. */
export function exampleCards(evaluation: TaskEvaluation, index: ReportIndex): Markup | null {
  if (!mayShow(evaluation.dataset.tier, 'rows'))
    return evaluation.rows.size > 0 ? html`<h4>Examples</h4><p class="note">${NOT_SHOWN}</p>` : null;
  const protocol = evaluation.results[0]?.protocol ?? '';
  const searched = protocolValue(protocol, 'text') ?? 'findings-else-impression';
  const chosen = evaluation.models
    .filter((model) => !model.baseline)
    .map((model) => ({ model, examples: chooseExamples(evaluation.rows.get(model.key) ?? []) }))
    .filter(({ examples }) => examples.length > 0);
  const shown = new Set(chosen.flatMap(({ examples }) => examples.flatMap(({ candidates }) => candidates)));
  const setting = { index, evaluation, studies: studiesOf(index, evaluation.dataset.id, shown), searched };
  const parts = chosen.map(({ model, examples }) => modelExamples(model, examples, setting));
  return parts.length > 0 ? html`<h4>Examples</h4>${parts}` : null;
}
