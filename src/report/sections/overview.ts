/** Top of the report: what was compared in one sentence, the warning of synthetic data, key facts, first findings, alarms. */
import type { Leaderboard } from '../../core/report-data.ts';
import { html, type Markup } from '../markup.ts';
import { measureTitle, taskTitle } from '../naming.ts';
import { count, decimalsOf, fixed, isNumber, magnitude, percent, plural } from '../numbers.ts';
import type { ReportIndex } from '../report-index.ts';
import { seenChip } from '../section.ts';

function listed(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? 'nothing';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** `3 models and 2 baselines on IU-Xray and Phantom, in zero-shot findings and view`. */
export function comparedSentence({ data, models, evaluations }: ReportIndex): string {
  const baselines = models.filter((model) => model.baseline).length;
  const compared = plural(models.length - baselines, 'model');
  const tasks = [...new Set(evaluations.map(({ task }) => taskTitle(task).toLowerCase()))];
  const against = baselines > 0 ? ` against ${plural(baselines, 'baseline')}` : '';
  const sets = [...new Set(data.datasets.map(({ title }) => title))];
  return `${compared}${against} on ${listed(sets)}: ${listed(tasks)}.`;
}

export function syntheticBanner({ data }: ReportIndex): Markup | null {
  const synthetic = data.datasets.filter((dataset) => dataset.synthetic);
  if (synthetic.length === 0) return null;
  const all = synthetic.length === data.datasets.length;
  const names = listed(synthetic.map(({ title }) => title));
  const which = all ? 'All images and reports here are' : `${names} ${synthetic.length > 1 ? 'are' : 'is'}`;
  return html`<aside class="banner" role="note"><strong>Synthetic data: the numbers have no clinical meaning.</strong>
<span>${which} computer-made. Such scores show that the programs work, not how a model reads films of patients.</span></aside>`;
}

function fact(name: string, value: Markup | string, note: string): Markup {
  return html`<div class="fact"><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>`;
}

export function keyFacts({ data, models, evaluations }: ReportIndex): Markup {
  const real = models.filter((model) => !model.baseline);
  const sum = (field: 'patients' | 'studies' | 'images') =>
    count(data.datasets.reduce((total, dataset) => total + dataset[field], 0));
  const parameters = real.flatMap((model) => model.reported?.parameters ?? []);
  const largest =
    parameters.length > 0 ? `largest ${magnitude(Math.max(...parameters))} parameters` : 'sizes not recorded';
  const { replicates, confidence } = data.statistics;
  const failed = data.predictions.filter((row) => row.failure !== null).length;
  return html`<dl class="facts">
${fact('Models', count(real.length), largest)}
${fact('Datasets', count(data.datasets.length), plural(evaluations.length, 'task evaluation'))}
${fact('Patients', sum('patients'), 'the unit of every interval')}
${fact('Studies', sum('studies'), `${sum('images')} images`)}
${fact('Intervals', percent(confidence), `${count(replicates)} bootstrap replicates`)}
${fact('Seed', String(data.seed), 'names every random draw')}
${failed > 0 && fact('Failed', count(failed), 'predictions, counted and listed')}
</dl>`;
}

/** What a leaderboard says in one sentence. */
function reading(board: Leaderboard, index: ReportIndex): Markup | null {
  const models = board.entries.filter((entry) => !entry.baseline && isNumber(entry.value));
  const best = models.find((entry) => entry.rank === 1) ?? models[0];
  if (!best) return null;
  const decimals = decimalsOf(board.metric);
  const others = models.filter((entry) => entry !== best && entry.rank !== null && entry.rank === best.rank);
  const interval =
    isNumber(best.ciLow) && isNumber(best.ciHigh)
      ? ` (${fixed(best.ciLow, decimals)}–${fixed(best.ciHigh, decimals)})`
      : '';
  const tail =
    others.length > 0
      ? `; not told apart from ${listed(others.map(({ model }) => model))}`
      : models.length > 1
        ? ', ahead of every other model in the corrected paired test'
        : '';
  return html`<li><span class="where">${index.dataset(board.dataset).title} · ${taskTitle(board.task)}</span> <b>${best.model}</b>${seenChip(index.model(best.model), index.dataset(board.dataset).name)} reaches ${measureTitle(board.metric, board.finding)} <b>${fixed(best.value!, decimals)}</b>${interval}${tail}.</li>`;
}

export function readings(index: ReportIndex): Markup | null {
  const items = index.data.leaderboards.map((board) => reading(board, index)).filter((item) => item !== null);
  return items.length === 0 ? null : html`<div class="card"><h3>In short</h3><ul class="readings">${items}</ul></div>`;
}

/** Alarms with the same message are told once, with the findings they concern. */
export function alarmList({ data }: ReportIndex): Markup | null {
  if (data.alarms.length === 0) return null;
  const groups = new Map<string, { message: string; where: string; model: string; findings: string[] }>();
  for (const alarm of data.alarms) {
    const where = `${alarm.dataset} · ${taskTitle(alarm.task)}`;
    const key = [where, alarm.model, alarm.message].join('\u0000');
    const group = groups.get(key) ?? { message: alarm.message, where, model: alarm.model, findings: [] };
    groups.set(key, group);
    if (alarm.finding !== null) group.findings.push(alarm.finding);
  }
  const items = [...groups.values()].map(
    ({ message, where, model, findings }) =>
      html`<li><span class="where">${where}</span> <b>${model}</b>${findings.length > 0 && html`, ${findings.join(', ')}`}: ${message}</li>`,
  );
  const shown = items.slice(0, 6);
  const rest = items.slice(6);
  return html`<div class="card alarms" id="alarms">
<h3>${plural(items.length, 'alarm')}</h3><p class="lead">Read these before the scores.</p>
<ul>${shown}</ul>${
    rest.length > 0 &&
    html`<details><summary>${plural(rest.length, 'further alarm')}</summary>
<ul>${rest}</ul></details>`
  }</div>`;
}
