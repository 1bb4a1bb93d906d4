import { useState } from 'preact/hooks';
import type { TaskView } from '../../../http/view/task-view-schema.ts';
import type { Wanted } from '../actions/action.ts';
import { canCompare } from '../actions/action.ts';
import { clockTime, duration, number, percentDone } from '../parts/format.ts';
import { HelpLink } from '../parts/help-link.tsx';
import { Progress } from '../parts/progress.tsx';
import { useScope } from '../parts/scope.ts';
import { Shown } from '../parts/shown.tsx';
import { Advice, ErrorName } from '../parts/advice.tsx';

interface Props {
  readonly task: TaskView;
  readonly onWant: (wanted: Wanted) => void;
}

/** The tables of a task. Those in trouble stand first. */
export function Tables({ task, onWant }: Props) {
  const { t } = useScope();
  const [text, setText] = useState('');
  const wanted = text.toLowerCase();
  const found = task.tables
    .filter(({ source, sink }) => `${source}\n${sink}`.toLowerCase().includes(wanted))
    .toSorted((a, b) => Number(b.setAside !== null) - Number(a.setAside !== null));
  return (
    <section>
      <h2>
        {t('tables.heading')} ({task.tables.length})
      </h2>
      {task.tables.length > 10 && (
        <input
          type="search"
          aria-label={t('tables.search')}
          placeholder={t('tables.search')}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
          }}
        />
      )}
      <Shown all={found} key={text}>
        {(first) => (
          <table>
            <thead>
              <tr>
                {(['source', 'sink', 'phase', 'rows', 'lag', 'act'] as const).map((column) => (
                  <th key={column} scope="col">
                    {t(`tables.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {first.map((table) => (
                <TableRow key={table.source} task={task} table={table} onWant={onWant} />
              ))}
            </tbody>
          </table>
        )}
      </Shown>
    </section>
  );
}

function TableRow({ task, table, onWant }: Props & { readonly table: TaskView['tables'][number] }) {
  const { t, language } = useScope();
  const { source, sink, phase, rows, rowsExpected, lagMs, setAside, timeLeftMs } = table;
  const percent = percentDone(table);
  return (
    <tr>
      <th scope="row">{source}</th>
      <td data-label={t('tables.sink')}>{sink}</td>
      <td data-label={t('tables.phase')} class={setAside === null ? '' : 'bad'}>
        {t(`table.${phase}`)}
        {setAside !== null && (
          <details>
            <summary>
              {t('tables.aside', { time: clockTime(setAside.at, language) })}: <ErrorName code={setAside.code} />
            </summary>
            <p>{setAside.message}</p>
            <p>
              <Advice code={setAside.code} action={setAside.action} />
            </p>
            <HelpLink code={setAside.code} />
          </details>
        )}
      </td>
      <td data-label={t('tables.rows')} class="number">
        {number(rows, language)}
        {rowsExpected !== null && rowsExpected !== rows && ` / ${number(rowsExpected, language)}`}
        {phase === 'loading' && (
          <Progress percent={percent} label={t('tables.progress', { table: source, percent: percent ?? 0 })} />
        )}
        {timeLeftMs !== null && <span> {t('load.left', { left: duration(timeLeftMs) })}</span>}
      </td>
      <td data-label={t('tables.lag')} class="number">
        {duration(lagMs)}
      </td>
      <td>
        {canCompare(task) &&
          (['verify', 'resync'] as const).map((act) => (
            <button
              key={act}
              type="button"
              class="small"
              aria-label={t('act.table', { act: t(`act.${act}`), table: source })}
              onClick={() => {
                onWant({ act, table: source });
              }}
            >
              {t(`act.${act}`)}
            </button>
          ))}
      </td>
    </tr>
  );
}
