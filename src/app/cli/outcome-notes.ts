/** What stands below a leaderboard on a terminal: what its intervals are, what failed, what alarms. */
import type { Alarm } from '../../core/result.ts';
import type { Suite } from '../../core/suite.ts';
import type { Judged } from '../../engine/judge.ts';
import type { Prepared, PreparedDataset } from '../../engine/prepare.ts';

export interface OutcomeNotes {
  readonly statistics: Suite['statistics'];
  readonly datasets: readonly Pick<PreparedDataset, 'definition' | 'view'>[];
  readonly items: Judged['items'];
  readonly alarms: readonly Alarm[];
  readonly skipped: Prepared['skipped'];
}

const SHOWN_ALARMS = 3;

export function noteLines({ statistics, datasets, items, alarms, skipped }: OutcomeNotes): string[] {
  const synthetic = datasets.filter(({ definition }) => definition.synthetic).map(({ view }) => view.id);
  return [
    `${percent(statistics.confidence)} intervals: bootstrap over patients; "–" marks a baseline`,
    ...synthetic.map((id) => `${id} is synthetic: its numbers have no clinical meaning`),
    ...(items.failed > 0 ? [`failed items: ${items.failed} of ${items.total}, listed in failures.csv`] : []),
    ...skipped.map(({ what, reason }) => `skipped: ${what}: ${reason}`),
    ...alarmLines(alarms),
  ];
}

function alarmLines(alarms: readonly Alarm[]): string[] {
  const hidden = alarms.length - SHOWN_ALARMS;
  return [
    ...alarms.slice(0, SHOWN_ALARMS).map((alarm) => {
      const where = [alarm.model, alarm.dataset, alarm.task, alarm.finding].filter((part) => part !== null).join(' · ');
      return `alarm: ${where}: ${alarm.message}`;
    }),
    ...(hidden > 0 ? [`… and ${hidden} more alarms in the report`] : []),
  ];
}

const percent = (share: number) => `${Number((100 * share).toFixed(2))} %`;
