import { useScope } from '../parts/scope.ts';
import { COLUMNS, countOf, type Group, GROUPS, type Row, type Sort } from './rows.ts';

interface Props {
  readonly rows: readonly Row[];
  readonly group: Group;
  readonly onGroup: (group: Group) => void;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

/** Which tasks are shown, and in which order where there is no heading to press, as on a phone. */
export function Filters({ rows, group, onGroup, text, onText, sort, onSort }: Props) {
  const { t } = useScope();
  return (
    <div class="filters">
      <input
        type="search"
        aria-label={t('list.search')}
        placeholder={t('list.search')}
        value={text}
        onInput={(event) => {
          onText(event.currentTarget.value);
        }}
      />
      <fieldset class="chips">
        <legend class="hidden">{t('list.group')}</legend>
        {GROUPS.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="group"
              checked={group === each}
              onChange={() => {
                onGroup(each);
              }}
            />
            <span>{t(`group.${each}`, { count: countOf(each, rows) })}</span>
          </label>
        ))}
      </fieldset>
      <label class="phone">
        {t('list.sort')}{' '}
        <select
          value={sort.column}
          onChange={(event) => {
            const column = COLUMNS.find((each) => each === event.currentTarget.value) ?? 'name';
            onSort({ column, isDown: column === 'lag' || column === 'rate' || column === 'trouble' });
          }}
        >
          {COLUMNS.map((column) => (
            <option key={column} value={column}>
              {t(`column.${column}`)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
