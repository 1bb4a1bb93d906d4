import { useState } from 'preact/hooks';
import { rateOf } from '../data/samples.ts';
import { useScope, useWatch } from '../parts/scope.ts';
import { Shown } from '../parts/shown.tsx';
import { Filters } from './filters.tsx';
import { COLUMNS, type Column, found, type Group, sorted, type Sort } from './rows.ts';
import { TaskRow } from './task-row.tsx';

/** All tasks, which of them lags, and which needs somebody. */
export function Overview() {
  const { t } = useScope();
  const watch = useWatch();
  const [group, setGroup] = useState<Group>('all');
  const [text, setText] = useState('');
  const [sort, setSort] = useState<Sort>({ column: 'state', isDown: false });
  if (watch.tasks === undefined) return <p>{t('app.loading')}</p>;
  const rows = watch.tasks.map((task) => ({ task, rate: rateOf(watch.samplesOf(task)) }));
  const shown = sorted(found(rows, group, text), sort);
  return (
    <>
      <h1>{t('list.heading')}</h1>
      <Filters rows={rows} group={group} onGroup={setGroup} text={text} onText={setText} sort={sort} onSort={setSort} />
      <p role="status">{t('list.shown', { shown: shown.length, count: rows.length })}</p>
      {rows.length === 0 && (
        <p>
          {t('list.empty')} <a href="#/create">{t('app.create')}</a>
        </p>
      )}
      {rows.length > 0 && shown.length === 0 && <p>{t('list.nothing')}</p>}
      {shown.length > 0 && (
        <Shown all={shown} key={`${group}\n${text}`}>
          {(first) => (
            <table class="tasks">
              <thead>
                <tr>
                  {COLUMNS.map((column) => (
                    <Heading key={column} column={column} sort={sort} onSort={setSort} />
                  ))}
                </tr>
              </thead>
              <tbody>
                {first.map((row) => (
                  <TaskRow key={row.task.id} row={row} />
                ))}
              </tbody>
            </table>
          )}
        </Shown>
      )}
    </>
  );
}

interface HeadingProps {
  readonly column: Column;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

function Heading({ column, sort, onSort }: HeadingProps) {
  const { t } = useScope();
  const isChosen = sort.column === column;
  const direction = sort.isDown ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={isChosen ? direction : 'none'}>
      <button
        type="button"
        onClick={() => {
          onSort({ column, isDown: isChosen && !sort.isDown });
        }}
      >
        {t(`column.${column}`)}
        <span aria-hidden="true">{isChosen ? (sort.isDown ? ' ▾' : ' ▴') : ''}</span>
      </button>
    </th>
  );
}
