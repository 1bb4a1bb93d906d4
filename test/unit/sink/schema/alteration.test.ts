import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TableSchema } from '../../../../lib/data/change.ts';
import { matrixoneDialect } from '../../../../lib/matrixone/sink/matrixone-dialect.ts';
import { mysqlDialect } from '../../../../lib/mysql/mysql-dialect.ts';
import type { Dialect } from '../../../../lib/sink/dialect/dialect.ts';
import { inOrder, loosened } from '../../../../lib/sink/schema/alter-clauses.ts';
import { alteration, type Alteration } from '../../../../lib/sink/schema/alteration.ts';
import { declaredSchema } from '../../../support/declared/declared-table.ts';
import { altered, described, type ModelTable, modelOf, withIndexes } from '../../../support/sink/model-table.ts';

const AT = { database: 'd', table: 't' };
const VERSION = '11.8.2-MariaDB';
const DIALECTS = [
  ['MatrixOne', matrixoneDialect],
  ['MySQL', mysqlDialect],
] as const;

const schema = (...items: readonly string[]): TableSchema =>
  declaredSchema(AT, '1', `CREATE TABLE \`t\` (${items.join(', ')})`, { changeReader: 'auto', withoutKey: 'replace' });

const ID = '`id` int NOT NULL';
const KEY = 'PRIMARY KEY (`id`)';

const planFor = (dialect: Dialect, sink: ModelTable, before: TableSchema | undefined, now: TableSchema): Alteration =>
  alteration(described(dialect, sink), now, before, dialect, VERSION);

/** The plan for a sink table that was made for `before` and has `own` besides. */
const plan = (dialect: Dialect, before: TableSchema, now: TableSchema, own: Partial<ModelTable> = {}): Alteration => {
  const made = modelOf(dialect, before, VERSION);
  const sink = {
    ...made,
    columns: [...made.columns, ...(own.columns ?? [])],
    indexes: [...made.indexes, ...(own.indexes ?? [])],
  };
  return planFor(dialect, sink, before, now);
};

const indexesOf = ({ dropIndexes, addIndexes }: Alteration) => ({
  dropped: dropIndexes,
  added: addIndexes.map(({ line }) => line),
});

describe.each(DIALECTS)('an alteration of a sink table of %s', (_name, dialect) => {
  const base = schema(ID, '`a` int', '`b` varchar(20)', KEY);

  it('has nothing to do if nothing has changed', () => {
    const same = plan(dialect, base, base);
    expect([...inOrder(same), ...same.addIndexes]).toEqual([]);
    expect(same.visible).toBe(false);
  });

  it('adds new columns where the source has them', () => {
    const now = schema('`x` int', ID, '`y` int', '`a` int', '`b` varchar(20)', '`z` int', KEY);
    expect(inOrder(plan(dialect, base, now))).toEqual([
      expect.stringMatching(/^add column `x` int null first$/u),
      expect.stringMatching(/^add column `y` int null after `id`$/u),
      expect.stringMatching(/^add column `z` int null$/u),
    ]);
  });

  it('drops columns that the source has dropped, and keeps those of the sink alone', () => {
    const own = { columns: [{ name: 'own', type: 'int', nullable: true }] };
    const dropped = plan(dialect, base, schema(ID, '`b` varchar(20)', KEY), own);
    expect(inOrder(dropped)).toEqual(['drop column `a`']);
    expect(dropped.visible).toBe(true);
  });

  it('keeps every column of the sink if the former schema is not known', () => {
    const sink = modelOf(dialect, base, VERSION);
    expect(inOrder(planFor(dialect, sink, undefined, schema(ID, KEY)))).toEqual([]);
  });

  it('renames a column that has the place and the declaration of an old one', () => {
    const now = schema(ID, '`c` int', '`b` varchar(20)', KEY);
    expect(inOrder(plan(dialect, base, now))).toEqual([
      expect.stringMatching(/^(?:rename column `a` to `c`|change column `a` `c` int null)$/u),
    ]);
  });

  it('drops and adds a column of another name and another type', () => {
    const now = schema(ID, '`c` bigint', '`b` varchar(20)', KEY);
    expect(inOrder(plan(dialect, base, now))).toEqual([
      expect.stringMatching(/^add column `c` bigint null after `id`$/u),
      'drop column `a`',
    ]);
  });

  it('modifies a column, and says whether it holds all new values already', () => {
    const shorter = plan(dialect, base, schema(ID, '`a` int', '`b` varchar(10)', KEY));
    const longer = plan(dialect, base, schema(ID, '`a` int', '`b` varchar(40)', KEY));
    expect(shorter.modify).toMatchObject([{ mayWait: true, inKey: false, visible: true, indexes: [] }]);
    expect(longer.modify).toMatchObject([{ mayWait: false, inKey: false, visible: true, indexes: [] }]);
    expect(inOrder(longer)).toEqual([expect.stringMatching(/^modify column `b` varchar\(40\)/u)]);
  });

  it('modifies a default without a visible difference', () => {
    const changed = plan(dialect, base, schema(ID, '`a` int DEFAULT 7', '`b` varchar(20)', KEY));
    expect(inOrder(changed)).toEqual([expect.stringMatching(/^modify column `a` int null default 7$/u)]);
    expect(changed.visible).toBe(false);
  });

  it('keeps a type of the sink as long as the source keeps its own', () => {
    const sink = modelOf(dialect, schema(ID, '`a` bigint', '`b` varchar(20)', KEY), VERSION);
    const now = schema(ID, '`a` int', '`b` varchar(20)', '`c` int', KEY);
    expect(inOrder(planFor(dialect, sink, base, now))).toEqual(['add column `c` int null']);
  });

  it('changes the key: the old one goes first, and the new one comes after its columns', () => {
    const now = schema(ID, '`a` int NOT NULL', '`b` varchar(20)', 'PRIMARY KEY (`id`, `a`)');
    expect(inOrder(plan(dialect, base, now))).toEqual([
      'drop primary key',
      expect.stringMatching(/^modify column `a` int not null$/u),
      'add primary key (`id`, `a`)',
    ]);
  });

  it('does not mind the order of the key, and its case of letters', () => {
    const two = schema(ID, '`a` int NOT NULL', 'PRIMARY KEY (`id`, `a`)');
    const reverse = schema(ID, '`a` int NOT NULL', 'PRIMARY KEY (`a`, `id`)');
    expect(inOrder(plan(dialect, two, reverse))).toEqual([]);
  });

  it('drops the hidden key of a table that gets a key', () => {
    const keyless = schema(ID, '`a` int');
    const found = { ...described(dialect, modelOf(dialect, keyless, VERSION)), hiddenKey: 'my_row_id' };
    const { reshape } = alteration(found, schema(ID, '`a` int', KEY), keyless, dialect, VERSION);
    expect(reshape).toEqual(['drop column `my_row_id`', 'add primary key (`id`)']);
  });

  it('adds NOT NULL columns loosely if the rows are to follow, but not those of the key', () => {
    const strict = plan(dialect, base, schema(ID, '`a` int', '`b` varchar(20)', '`c` int NOT NULL', KEY));
    expect(inOrder(strict)).toEqual(['add column `c` int not null']);
    expect(inOrder(loosened(strict))).toEqual(['add column `c` int null']);
    const inKey = plan(
      dialect,
      base,
      schema(ID, '`a` int', '`b` varchar(20)', '`c` int NOT NULL', 'PRIMARY KEY (`id`, `c`)'),
    );
    expect(inKey.loosely).toBeUndefined();
  });

  it('declares a loosely added column as NOT NULL in the end, without a visible difference', () => {
    const now = schema(ID, '`a` int', '`b` varchar(20)', '`c` int NOT NULL', KEY);
    const loose = altered(modelOf(dialect, base, VERSION), ['add column `c` int null']);
    const rest = planFor(dialect, loose, base, now);
    expect(inOrder(rest)).toEqual(['modify column `c` int not null']);
    expect(rest.visible).toBe(false);
  });

  it('drops, changes and adds indexes of the source, and keeps those of the sink alone', () => {
    const before = schema(ID, '`a` int', '`b` varchar(20)', KEY, 'KEY `gone` (`a`)', 'UNIQUE KEY `other` (`a`)');
    const now = schema(ID, '`a` int', '`b` varchar(20)', KEY, 'UNIQUE KEY `other` (`b`)', 'KEY `new` (`a`)');
    const own = { indexes: [{ name: 'own', kind: 'plain' as const, columns: ['a'] }] };
    expect(indexesOf(plan(dialect, before, now, own))).toEqual({
      dropped: ['drop index `gone`', 'drop index `other`'],
      added: ['unique key `other` (`b`)', 'key `new` (`a`)'],
    });
  });

  it('leaves an index of the sink alone whose name the source gives to one of its own', () => {
    const now = schema(ID, '`a` int', '`b` varchar(20)', KEY, 'KEY `own` (`b`)');
    const own = { indexes: [{ name: 'own', kind: 'plain' as const, columns: ['a'] }] };
    expect(indexesOf(plan(dialect, base, now, own))).toEqual({ dropped: [], added: [] });
  });

  it('gives the table another comment if it has got one', () => {
    const commented = { ...base, details: { ...base.details, comment: "it's new" } };
    expect(inOrder(plan(dialect, base, commented))).toEqual(["comment = 'it''s new'"]);
  });
});

describe('a unique index over a column whose new type may make two values equal', () => {
  const before = schema(ID, '`a` varchar(40)', KEY, 'UNIQUE KEY `u` (`a`)');
  const now = schema(ID, '`a` varchar(20)', KEY, 'UNIQUE KEY `u` (`a`)');

  it('is dropped before the rows and added after them on MatrixOne, which does not check it', () => {
    expect(indexesOf(plan(matrixoneDialect, before, now))).toEqual({
      dropped: ['drop index `u`'],
      added: ['unique key `u` (`a`)'],
    });
  });

  it('stays on MySQL, which checks it', () => {
    expect(indexesOf(plan(mysqlDialect, before, now))).toEqual({ dropped: [], added: [] });
  });

  it('stays on MatrixOne if the new type holds every old value', () => {
    expect(indexesOf(plan(matrixoneDialect, now, before))).toEqual({ dropped: [], added: [] });
  });
});

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const TYPES = ['int', 'bigint', 'varchar(20)', 'varchar(40)', 'datetime', 'decimal(10,2)'];

interface Declared {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
}

const declared = (names: readonly string[]): fc.Arbitrary<Declared[]> =>
  fc
    .shuffledSubarray([...names], { minLength: 1 })
    .chain((some) =>
      fc.tuple(
        ...some.map((name) =>
          fc.record({ name: fc.constant(name), type: fc.constantFrom(...TYPES), nullable: fc.boolean() }),
        ),
      ),
    );

const indexed = (names: readonly string[]): fc.Arbitrary<TableSchema['details']['indexes']> =>
  fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('i', 'j', 'u'),
      kind: fc.constantFrom('unique' as const, 'plain' as const),
      parts: fc
        .shuffledSubarray([...names], { minLength: 1, maxLength: Math.min(2, names.length) })
        .map((some) => some.map((column) => ({ column }))),
    }),
    { selector: ({ name }) => name, maxLength: 2 },
  );

/** A source table of some columns, with or without a key. */
const tables: fc.Arbitrary<TableSchema> = declared(NAMES).chain((columns) => {
  const names = columns.map(({ name }) => name);
  return fc
    .record({ key: fc.shuffledSubarray(names, { maxLength: Math.min(2, names.length) }), indexes: indexed(names) })
    .map(({ key, indexes }) => ({
      table: AT,
      id: '1',
      columns: columns.map((each) => ({
        ...each,
        nullable: each.nullable && !key.includes(each.name),
        generated: false,
      })),
      key,
      hasPrimaryKey: key.length > 0,
      hasUniqueKeys: false,
      details: { indexes },
    }));
});

/** Two schemas of one table: mostly the same columns, some of them renamed, dropped, added or declared otherwise. */
const changes = fc.oneof(
  fc.record({ before: tables, now: tables }),
  fc.tuple(tables, fc.constantFrom(...NAMES), fc.constantFrom('f', 'g')).map(([before, from, to]) => {
    const name = (each: string): string => (each === from ? to : each);
    const now: TableSchema = {
      ...before,
      columns: before.columns.map((column) => ({ ...column, name: name(column.name) })),
      key: before.key.map(name),
      details: {
        indexes: before.details.indexes.map((index) => ({
          ...index,
          parts: index.parts.map(({ column }) => ({ column: name(column) })),
        })),
      },
    };
    return { before, now };
  }),
);

/** Columns that the sink alone has. The source may add one of the same name. */
const own = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom(...NAMES, 'f', 'own'),
    type: fc.constantFrom(...TYPES),
    nullable: fc.constant(true),
  }),
  { selector: ({ name }) => name, maxLength: 2 },
);

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
      fc.property(changes, own, ({ before, now }, columns) => {
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
      fc.property(changes, own, ({ before, now }, columns) => {
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

  it('may stop after any clause, and be planned anew', () => {
    fc.assert(
      fc.property(changes, own, fc.nat({ max: 30 }), ({ before, now }, columns, clauses) => {
        const start = withOwn(modelOf(dialect, before, VERSION), columns);
        const part = altered(start, inOrder(planFor(dialect, start, before, now)).slice(0, clauses));
        expect(sorted(finished(part, before, now))).toEqual(sorted(finished(start, before, now)));
      }),
      { numRuns: 500 },
    );
  });
});

const emptyTable: TableSchema = {
  table: AT,
  id: '1',
  columns: [],
  key: [],
  hasPrimaryKey: false,
  hasUniqueKeys: false,
  details: { indexes: [] },
};
