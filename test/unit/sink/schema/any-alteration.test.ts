import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TableSchema } from '../../../../lib/data/change.ts';
import { inOrder } from '../../../../lib/sink/schema/alter-clauses.ts';
import { changes, type Declared, ownColumns } from '../../../support/sink/any-change.ts';
import { altered, type ModelTable, modelOf, withIndexes } from '../../../support/sink/model-table.ts';
import { AT, DIALECTS, indexesOf, planFor, VERSION } from '../../../support/sink/planned-alteration.ts';

const emptyTable: TableSchema = {
  table: AT,
  id: '1',
  columns: [],
  key: [],
  hasPrimaryKey: false,
  hasUniqueKeys: false,
  details: { indexes: [] },
};

const sorted = ({ columns, key, indexes }: ModelTable) => ({
  columns: columns.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  key: key.toSorted(),
  indexes: indexes.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
});

describe.each(DIALECTS)('any alteration of a sink table of %s', (_name, dialect) => {
  const withOwn = (table: ModelTable, columns: readonly Declared[]): ModelTable => {
    const own = columns.filter(({ name }) => !table.columns.some((column) => column.name === name));
    const types = modelOf(
      dialect,
      { ...emptyTable, columns: own.map((each) => ({ ...each, generated: false })) },
      VERSION,
    );
    return { ...table, columns: [...table.columns, ...types.columns] };
  };

  const finished = (table: ModelTable, before: TableSchema, now: TableSchema): ModelTable => {
    const todo = planFor(dialect, table, before, now);
    return withIndexes(altered(table, inOrder(todo)), todo.addIndexes);
  };

  it('leads to the table of the source, with the columns of the sink alone', () => {
    fc.assert(
      fc.property(changes, ownColumns, ({ before, now }, columns) => {
        const start = withOwn(modelOf(dialect, before, VERSION), columns);
        const kept = columns.filter(({ name }) => !before.columns.some((column) => column.name === name));
        const goal = withOwn(modelOf(dialect, now, VERSION), kept);
        expect(sorted(finished(start, before, now))).toEqual(sorted(goal));
      }),
      { numRuns: 500 },
    );
  });

  it('leaves nothing to do', () => {
    fc.assert(
      fc.property(changes, ownColumns, ({ before, now }, columns) => {
        const done = finished(withOwn(modelOf(dialect, before, VERSION), columns), before, now);
        const rest = planFor(dialect, done, before, now);
        expect({ ...indexesOf(rest), renames: rest.renames, reshape: rest.reshape, visible: rest.visible }).toEqual({
          ...{ dropped: [], added: [], renames: [], reshape: [], visible: false },
        });
        expect(finished(done, before, now)).toEqual(done);
      }),
      { numRuns: 500 },
    );
  });

  it('has only clauses that the server takes, whatever types the sink has given its columns', () => {
    const others = fc.array(fc.constantFrom('as made', 'bigint', 'varchar(99)', 'year(4)'), {
      minLength: 7,
      maxLength: 7,
    });
    fc.assert(
      fc.property(changes, ownColumns, others, ({ before, now }, columns, types) => {
        const made = withOwn(modelOf(dialect, before, VERSION), columns);
        const start = {
          ...made,
          columns: made.columns.map((column, i) => {
            const type = types[i] ?? 'as made';
            return type === 'as made' ? column : { ...column, type };
          }),
        };
        const done = finished(start, before, now);
        expect(finished(done, before, now)).toEqual(done);
        expect(planFor(dialect, done, before, now).visible).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('may stop after any clause, and be planned anew', () => {
    fc.assert(
      fc.property(changes, ownColumns, fc.nat({ max: 30 }), ({ before, now }, columns, clauses) => {
        const start = withOwn(modelOf(dialect, before, VERSION), columns);
        const part = altered(start, inOrder(planFor(dialect, start, before, now)).slice(0, clauses));
        expect(sorted(finished(part, before, now))).toEqual(sorted(finished(start, before, now)));
      }),
      { numRuns: 500 },
    );
  });
});
