import type { ComponentChildren } from 'preact';
import type { TaskView } from '../../../http/view/task-view-schema.ts';
import type { TextKey } from '../texts/en.ts';
import { clockTime, duration, number } from '../parts/format.ts';
import { useScope } from '../parts/scope.ts';

/** What is known of the task, as names and values. */
export function Facts({ task }: { readonly task: TaskView }) {
  const { t, language } = useScope();
  const time = (at: string | null): string => (at === null ? t('app.none') : clockTime(at, language));
  const { lagMs, lagRatio, lease, historyPinnedSince, historyHeldBy, historyHeldUntil } = task;
  const lag = duration(lagMs);
  const rows: readonly (readonly [TextKey, ComponentChildren])[] = [
    ['facts.source', <code>{task.sourceUri}</code>],
    ['facts.sink', <code>{`${task.sinkUri} (${task.sinkType})`}</code>],
    ['facts.level', t(`level.${task.level}`)],
    ['facts.phase', t(`phase.${task.phase}`)],
    ['facts.pace', t(`pace.${task.pace}`)],
    ['facts.lag', lagRatio === null ? lag : t('facts.lagRatio', { lag, ratio: lagRatio })],
    ['facts.checkpoint', time(task.checkpoint?.time ?? null)],
    ['facts.caughtUp', time(task.caughtUpAt)],
    [
      'facts.history',
      historyPinnedSince === null ? t('app.none') : `${time(historyPinnedSince)} (${historyHeldBy ?? '?'})`,
    ],
    [
      'facts.historyUntil',
      historyHeldUntil === null && historyHeldBy !== null ? t('history.snapshots') : time(historyHeldUntil),
    ],
    ['facts.windows', number(task.windows, language)],
    ['facts.rows', `${number(task.rowsLoaded, language)} / ${number(task.rowsApplied, language)}`],
    [
      'facts.worker',
      lease?.held === true ? t('facts.workerNow', { time: time(lease.runsUntil) }) : t('facts.workerNone'),
    ],
    ...(task.databases.length === 0
      ? []
      : [['facts.databases', task.databases.map(({ source, sink }) => `${source} → ${sink}`).join(', ')] as const]),
    ...(task.exclude.length === 0 ? [] : [['facts.exclude', <code>{task.exclude.join('  ')}</code>] as const]),
  ];
  return (
    <section>
      <h2>{t('facts.heading')}</h2>
      <dl class="facts">
        {rows.map(([key, value]) => (
          <div key={key}>
            <dt>{t(key)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
