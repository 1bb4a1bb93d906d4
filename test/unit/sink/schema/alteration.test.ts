import { describe, expect, it } from 'vitest';
import { mysqlDialect } from '../../../../lib/mysql/mysql-dialect.ts';
import { inOrder, loosened } from '../../../../lib/sink/schema/alter-clauses.ts';
import { alteration } from '../../../../lib/sink/schema/alteration.ts';
import { altered, described, modelOf } from '../../../support/sink/model-table.ts';
import { DIALECTS, ID, KEY, plan, planFor, schema, VERSION } from '../../../support/sink/planned-alteration.ts';

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

  it('renames a column of the key without another change', () => {
    const before = schema('`a` int NOT NULL', '`b` int', 'PRIMARY KEY (`a`)', 'KEY `i` (`b`)');
    const now = schema('`c` int NOT NULL', '`b` int', 'PRIMARY KEY (`c`)', 'KEY `i` (`b`)');
    const renamed = plan(dialect, before, now);
    expect(inOrder(renamed)).toEqual([
      expect.stringMatching(/^(?:rename column `a` to `c`|change column `a` `c` int not null)$/u),
    ]);
    expect(renamed.addIndexes).toEqual([]);
  });

  it('renames a column that the sink has of another type, and declares it as the source does', () => {
    const sink = modelOf(dialect, schema(ID, '`a` bigint', '`b` varchar(20)', KEY), VERSION);
    const renamed = altered(sink, inOrder(planFor(dialect, sink, base, schema(ID, '`c` int', '`b` varchar(20)', KEY))));
    expect(renamed.columns[1]).toEqual({ name: 'c', type: 'int', nullable: true });
  });

  it('does not take a new column for an old one that the source still has', () => {
    const before = schema(ID, '`a` int', '`b` int', KEY);
    const now = schema(ID, '`c` int', '`a` int', KEY);
    expect(inOrder(plan(dialect, before, now))).toEqual(['add column `c` int null after `id`', 'drop column `b`']);
  });

  it('does not take columns for renamed if their number has changed', () => {
    const before = schema(ID, '`a` int', KEY);
    const now = schema(ID, '`c` int', '`d` int', KEY);
    expect(inOrder(plan(dialect, before, now))).toEqual([
      'add column `c` int null after `id`',
      'add column `d` int null',
      'drop column `a`',
    ]);
  });

  it('renames no column that the sink does not have, and none to a name that the source had before', () => {
    const before = schema(ID, '`a` int', '`b` int', KEY);
    const withoutA = modelOf(dialect, schema(ID, '`b` int', KEY), VERSION);
    const withoutB = modelOf(dialect, schema(ID, '`a` int', KEY), VERSION);
    expect(inOrder(planFor(dialect, withoutA, before, schema(ID, '`c` int', '`b` int', KEY)))).toEqual([
      'add column `c` int null after `id`',
    ]);
    expect(inOrder(planFor(dialect, withoutB, before, schema(ID, '`b` int', '`c` int', KEY)))).toEqual([
      'add column `b` int null after `id`',
      'add column `c` int null',
      'drop column `a`',
    ]);
  });

  it('allows NULL in a column of the sink if the source does, but does not forbid it', () => {
    const [strict, lenient] = [schema(ID, '`a` int NOT NULL', KEY), schema(ID, '`a` int', KEY)];
    const toLenient = planFor(dialect, modelOf(dialect, strict, VERSION), undefined, lenient);
    expect(toLenient.modify).toMatchObject([{ nullable: true, mayWait: false, visible: true }]);
    expect(inOrder(planFor(dialect, modelOf(dialect, lenient, VERSION), undefined, strict))).toEqual([]);
  });

  it('says which modified columns are of the key and of indexes', () => {
    const before = schema(ID, '`a` int', KEY, 'KEY `i` (`a`)');
    const now = schema('`id` bigint NOT NULL', '`a` bigint', KEY, 'KEY `i` (`a`)');
    expect(plan(dialect, before, now).modify).toMatchObject([
      { inKey: true, indexes: [], mayWait: false },
      { inKey: false, indexes: ['i'], mayWait: false },
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

  it('adds all other columns as they are declared', () => {
    const now = schema(ID, '`a` int', '`b` varchar(20)', '`c` int DEFAULT 7', KEY);
    expect(plan(dialect, base, now).loosely).toBeUndefined();
  });

  it('declares a loosely added column as NOT NULL in the end, without a visible difference', () => {
    const now = schema(ID, '`a` int', '`b` varchar(20)', '`c` int NOT NULL', KEY);
    const loose = altered(modelOf(dialect, base, VERSION), ['add column `c` int null']);
    const rest = planFor(dialect, loose, base, now);
    expect(inOrder(rest)).toEqual(['modify column `c` int not null']);
    expect(rest.visible).toBe(false);
  });

  it('gives the table another comment if it has got one', () => {
    const commented = { ...base, details: { ...base.details, comment: "it's new" } };
    expect(inOrder(plan(dialect, base, commented))).toEqual(["comment = 'it''s new'"]);
  });
});

describe('JSON of MariaDB, which it describes as a long text', () => {
  it('is no difference', () => {
    const json = schema(ID, '`j` json', KEY);
    const found = described(mysqlDialect, modelOf(mysqlDialect, json, VERSION));
    const columns = found.columns.map((column) =>
      column.name === 'j'
        ? { ...column, type: 'longtext character set utf8mb4 collate utf8mb4_bin', takesJsonOnly: true }
        : column,
    );
    expect(inOrder(alteration({ ...found, columns }, json, undefined, mysqlDialect, VERSION))).toEqual([]);
  });
});
