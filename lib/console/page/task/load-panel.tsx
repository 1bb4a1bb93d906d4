import type { TaskView } from '../../../http/view/task-view-schema.ts';
import { clockTime, duration, percentDone } from '../parts/format.ts';
import { Progress } from '../parts/progress.tsx';
import { useScope } from '../parts/scope.ts';

/** How far the first copy, or the window under way, has come. */
export function LoadPanel({ task }: { readonly task: TaskView }) {
  const { t, language } = useScope();
  const { phase, pendingWindow, tables, timeLeftMs, rowsUnderWay } = task;
  const isLoading = phase === 'load' || phase === 'new';
  if (!isLoading && pendingWindow === null) return null;
  const leftText = (ms: number | null): string =>
    ms === null ? t('load.unknown') : t('load.left', { left: duration(ms) });
  const comparison = pendingWindow?.comparison ?? null;
  const done = tables.filter(({ phase: each }) => each !== 'waiting' && each !== 'loading').length;
  return (
    <section>
      {isLoading && (
        <>
          <h2>{t('load.heading')}</h2>
          <Progress percent={overall(tables)} label={t('load.heading')} />
          <p>
            {t('load.tables', { done, count: tables.length })}, {leftText(timeLeftMs)}
          </p>
        </>
      )}
      {pendingWindow !== null && (
        <>
          <h2>{t('pending.heading')}</h2>
          <Progress percent={comparison && percentDone(comparison)} label={t('pending.heading')} />
          <p>
            {t('pending.text', {
              number: pendingWindow.number,
              time: clockTime(pendingWindow.until.time, language),
              rows: rowsUnderWay,
            })}{' '}
            {t('pending.note')}
          </p>
          {comparison && (
            <p>
              {t('load.tables', { done: comparison.tablesDone, count: comparison.tables })},{' '}
              {leftText(comparison.timeLeftMs)}
            </p>
          )}
        </>
      )}
    </section>
  );
}

/** By the rows of all tables; null until every table is counted. */
function overall(tables: TaskView['tables']): number | null {
  let [rows, rowsExpected] = [0, 0];
  for (const table of tables) {
    if (table.phase === 'setAside') continue;
    if (table.rowsExpected === null) return null;
    rows += table.rows;
    rowsExpected += table.rowsExpected;
  }
  return percentDone({ rows, rowsExpected, chunks: 0, chunksDone: 0 });
}
