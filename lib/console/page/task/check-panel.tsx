import type { TaskView } from '../../../http/view/task-view-schema.ts';
import { clockTime, duration } from '../parts/format.ts';
import { HelpLink } from '../parts/help-link.tsx';
import { Progress } from '../parts/progress.tsx';
import { useScope } from '../parts/scope.ts';
import { Advice } from '../parts/advice.tsx';

type Check = NonNullable<TaskView['check']>;

/** Progress and result of the last verify or resync. */
export function CheckPanel({ task: { check } }: { readonly task: TaskView }) {
  const { t } = useScope();
  if (check === null) return null;
  const { kind, state, tablesTotal, tablesDone } = check;
  const percent = state === 'waiting' || tablesTotal === 0 ? null : (100 * tablesDone) / tablesTotal;
  return (
    <section>
      <h2>{t(`check.heading.${kind}`)}</h2>
      {state !== 'finished' && <Progress percent={percent} label={t(`check.heading.${kind}`)} />}
      <p>
        <Stand check={check} />
      </p>
      {state === 'finished' && <Verdict check={check} />}
      {check.tables
        .filter(({ missing, extra, different, error }) => missing + extra + different > 0 || error !== null)
        .map((table) => (
          <TableResult key={table.source} table={table} />
        ))}
    </section>
  );
}

function Stand({ check }: { readonly check: Check }) {
  const { t, language } = useScope();
  const { state, tablesTotal, tablesDone, rows, table, secondsLeft, finishedAt } = check;
  if (state === 'waiting') return <>{t('check.waiting')}</>;
  if (state === 'finished') {
    return <>{t('check.finished', { time: clockTime(finishedAt ?? '', language), count: tablesDone, rows })}</>;
  }
  const left = secondsLeft === null ? t('load.unknown') : t('load.left', { left: duration(secondsLeft * 1_000) });
  return <>{t('check.running', { table: table ?? '', done: tablesDone, count: tablesTotal, rows, left })}</>;
}

function Verdict({ check: { kind, tablesDiffering, tablesFailed } }: { readonly check: Check }) {
  const { t } = useScope();
  const isEqual = tablesDiffering === 0 && tablesFailed === 0;
  const isRepaired = kind === 'resync';
  return (
    <>
      {isEqual && <p class="good">{t('check.equal')}</p>}
      {tablesDiffering > 0 && (
        <p class={isRepaired ? 'good' : 'bad'}>
          {t(isRepaired ? 'check.repaired' : 'check.differ', { count: tablesDiffering })}
        </p>
      )}
      {tablesFailed > 0 && <p class="bad">{t('check.failed', { count: tablesFailed })}</p>}
    </>
  );
}

function TableResult({ table }: { readonly table: Check['tables'][number] }) {
  const { t } = useScope();
  const { source, missing, extra, different, examples, error } = table;
  return (
    <div class="notice warn">
      <strong>{source}</strong>
      <p>{t('check.counts', { missing, extra, different })}</p>
      {examples.length > 0 && (
        <>
          <p>{t('check.keys')}:</p>
          <ul>
            {examples.map(({ kind, key }) => (
              <li key={kind + key}>
                <code>{key}</code> ({t(`check.${kind}`)})
              </li>
            ))}
          </ul>
        </>
      )}
      {error !== null && (
        <>
          <p>{error.message}</p>
          <p>
            <Advice code={error.code} action={error.action} />
          </p>
          <HelpLink code={error.code} />
        </>
      )}
    </div>
  );
}
