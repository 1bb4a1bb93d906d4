import { routeHash } from '../data/route.ts';
import { clockTime, duration, number } from '../parts/format.ts';
import { useScope } from '../parts/scope.ts';
import { Sparkline } from '../parts/sparkline.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { type Row, tablesInTrouble } from './rows.ts';

/** One task of the overview. */
export function TaskRow({ row: { task, rate } }: { readonly row: Row }) {
  const { t, language, watch } = useScope();
  const { name, state, lagMs, error, warning, tables, historyHeldBy, historyHeldUntil } = task;
  const trouble = tablesInTrouble(task);
  const code = (error ?? warning)?.code;
  return (
    <tr>
      <th scope="row">
        <a href={routeHash({ page: 'task', name })}>{name}</a>
      </th>
      <td data-label={t('column.state')}>
        <StateBadge state={state} />
        {code !== undefined && <code class="code">{code}</code>}
      </td>
      <td data-label={t('column.lag')} class="number">
        {duration(lagMs)}
        <Sparkline values={watch.samplesOf(task).map((sample) => sample.lagMs)} />
      </td>
      <td data-label={t('column.rate')} class="number">
        {rate === null ? '–' : number(rate, language)}
      </td>
      <td data-label={t('column.trouble')} class={trouble > 0 ? 'number bad' : 'number'}>
        {t('list.trouble', { trouble, count: tables.count })}
      </td>
      <td data-label={t('column.history')} class={warning === null ? '' : 'bad'}>
        {historyHeldUntil === null
          ? historyHeldBy === null
            ? '–'
            : t('history.snapshots')
          : clockTime(historyHeldUntil, language)}
      </td>
    </tr>
  );
}
