import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCdcError } from '../../../../lib/errors.ts';
import { createTableForMatrixone } from '../../../../lib/matrixone/sink/create-table.ts';
import { matrixoneDialect } from '../../../../lib/matrixone/sink/matrixone-dialect.ts';
import { parseExpression } from '../../../../lib/matrixone/definition/expression.ts';
import { tableSchema } from '../../../../lib/matrixone/definition/read-table.ts';
import { assembled } from '../../../../lib/matrixone/definition/stored-table.ts';
import { partitioning } from '../../../../lib/matrixone/definition/stored-partitions.ts';
import { writeExpression } from '../../../../lib/matrixone/sink/write-expression.ts';
import { alteration } from '../../../../lib/sink/schema/alteration.ts';
import { createTableForMysql } from '../../../../lib/mysql/create-table.ts';
import { mysqlDialect } from '../../../../lib/mysql/mysql-dialect.ts';
import { inOrder } from '../../../../lib/sink/schema/alter-clauses.ts';
import type { TableDefinition } from '../../../../lib/data/table-definition.ts';
import { storedTable } from '../../../support/catalogue/stored-records.ts';
import { BAD_TYPES, hostileDefinition } from '../../../support/hostile-definitions.ts';

const AT = { database: 'd', table: 't' };
const RUNS = Number(process.env['DEFINITIONS'] ?? 500);

/** Everything outside of quotes: what a server takes for words and symbols of the statement. */
function outsideQuotes(sql: string): string {
  let [outside, quote] = ['', ''];
  for (let at = 0; at < sql.length; at++) {
    const c = sql.charAt(at);
    if (quote === '') {
      if (c === "'" || c === '`' || c === '"') [quote, outside] = [c, `${outside}?`];
      else outside += c;
    } else if (c === '\\' && quote !== '`') at++;
    else if (c === quote && sql.charAt(at + 1) === quote) at++;
    else if (c === quote) quote = '';
  }
  return quote === '' ? outside : `${outside} (not closed)`;
}

/** All that the product ever writes there. */
const WORDS = new Set(
  `create table if not exists null primary unique key default comment auto_increment on update current_timestamp constraint check
   character set partition by list columns values in p0 engine innodb charset utf8mb4 collate utf8mb4_nopad_bin add drop column modify first
   after rename to int bigint unsigned varchar decimal datetime double text longtext longblob json date enum change index and`.split(
    /\s+/u,
  ),
);

function expectHarmless(sql: string): void {
  const outside = outsideQuotes(sql);
  expect(outside, sql).toMatch(/^[A-Za-z0-9_\s(),.?=<>-]*$/u);
  expect(outside, sql).not.toContain('--');
  const strange = (outside.toLowerCase().match(/(?<![\w.])[a-z_]\w*/gu) ?? []).filter((word) => !WORDS.has(word));
  expect(strange, sql).toEqual([]);
}

const schemaOf = (definition: TableDefinition) => tableSchema(AT, '1', definition);

function fitsOrUndefined(definition: TableDefinition) {
  try {
    return schemaOf(definition);
  } catch (error) {
    if (isCdcError(error, 'TABLE_NAME_UNSUPPORTED')) return undefined;
    throw error;
  }
}

describe('a table whose texts and names would be SQL', () => {
  it('is made by a statement in which nothing but quotes holds them', () => {
    fc.assert(
      fc.property(hostileDefinition, (definition) => {
        const schema = fitsOrUndefined(definition);
        if (schema === undefined) return;
        expectHarmless(createTableForMatrixone(AT, schema));
        expectHarmless(createTableForMysql(AT, schema, '11.8.2-MariaDB'));
      }),
      { numRuns: RUNS },
    );
  });

  it.each([matrixoneDialect, mysqlDialect])('is altered by such statements alone (%#)', (dialect) => {
    fc.assert(
      fc.property(hostileDefinition, hostileDefinition, (first, second) => {
        const [before, after] = [fitsOrUndefined(first), fitsOrUndefined(second)];
        if (before === undefined || after === undefined) return;
        const found = {
          columns: dialect.columnLines(before, '11.8.2-MariaDB').map(({ name, type }) => ({
            ...{ name, type, generated: false, nullable: true, required: false },
          })),
          ...{ key: before.key, uniqueKeys: [], indexes: [] },
        };
        const plan = alteration(found, after, before, dialect, '11.8.2-MariaDB');
        for (const clause of inOrder(plan)) expectHarmless(clause);
        for (const { line } of plan.addIndexes) expectHarmless(line);
      }),
      { numRuns: RUNS },
    );
  });

  it('is read from the catalogue as it was made', () => {
    fc.assert(
      fc.property(hostileDefinition, (definition) => {
        const { columns, table } = storedTable(definition);
        const read = assembled(columns, table);
        expect(read.columns.map(({ name, comment, labels }) => [name, comment ?? '', labels])).toEqual(
          definition.columns.map(({ name, comment, labels }) => [name, comment ?? '', labels]),
        );
        const texts = (of: TableDefinition) =>
          of.columns.map((c) => (c.default?.kind === 'text' ? c.default.text : ''));
        expect(texts(read)).toEqual(texts(definition));
        expect([read.comment ?? '', read.primaryKey]).toEqual([definition.comment ?? '', definition.primaryKey]);
      }),
      { numRuns: RUNS },
    );
  });
});

/** With one of its bytes, wherever it is, another one. */
const damaged = (bytes: Buffer, at: number, byte: number): Buffer => {
  const copy = Buffer.from(bytes);
  if (copy.length > 0) copy[at % copy.length] = byte;
  return copy;
};

it('damaged records are refused, or give what is harmless', () => {
  const count = { read: 0, refused: 0 };
  const place = fc.tuple(fc.nat(400), fc.nat(255));
  fc.assert(
    fc.property(hostileDefinition, place, place, (definition, [at, byte], [other, second]) => {
      const { columns, table } = storedTable(definition);
      const records = columns.map((column) => ({
        ...column,
        type: damaged(column.type, other, column.hidden ? 0 : second),
        default: damaged(column.default, at, byte),
      }));
      try {
        const read = assembled(records, { ...table, constraints: damaged(table.constraints, at, byte) });
        outsideQuotes(createTableForMatrixone(AT, schemaOf(read)))
          .split('')
          .forEach((c) => {
            expect(c).not.toBe(';');
          });
        count.read += 1;
      } catch (error) {
        count.refused += 1;
        const known = error instanceof RangeError || isCdcError(error, 'TYPE_UNSUPPORTED');
        if (!known) expect(error).toMatchObject({ code: expect.stringMatching(/^TABLE_/u) as string });
      }
    }),
    { numRuns: RUNS },
  );
  expect(Math.min(count.read, count.refused)).toBeGreaterThan(0);
});

it.each(BAD_TYPES)('%j is the type of no column', (type) => {
  const schema = {
    ...schemaOf({
      columns: [{ name: 'id', type: 'int', nullable: false, generated: false }],
      primaryKey: ['id'],
      indexes: [],
    }),
  };
  const bad = { ...schema, columns: [{ name: 'id', type, nullable: false, generated: false }] };
  const refused = expect.objectContaining({ code: 'TYPE_UNSUPPORTED' }) as Error;
  expect(() => createTableForMatrixone(AT, bad)).toThrow(refused);
  expect(() => createTableForMysql(AT, bad, '11.8.2-MariaDB')).toThrow(refused);
});

describe('expressions', () => {
  it('are read token by token, or not at all', () => {
    expect(parseExpression("`a` > 1 and upper(b) <> 'x'", ['a', 'b'])).toBeDefined();
    for (const sql of [
      ...[
        '`a` > 1; drop table t',
        'a > 1 -- x',
        'a /* x */',
        'a # x',
        "'it''s'",
        "'a\\'",
        '"a"',
        'a)',
        '(a',
        '',
        '@@version',
      ],
      ...[
        '(select 1)',
        'load_file(a)',
        'sleep(1)',
        '`nobody` > 1',
        'a > 1 or exists(select 1)',
        'a\0',
        'if(a, 1, mo_ctl(1))',
      ],
    ]) {
      expect(parseExpression(sql, ['a', 'b']), sql).toBeUndefined();
    }
  });

  it('of any text are written so that they are read again', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc
        .array(fc.constantFrom('a', '`b c`', '(', ')', "'x'", '1', '+', '-', ' ', 'and', 'upper', '/', '*', ';', "'"), {
          maxLength: 9,
        })
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anything, (sql) => {
        const read = parseExpression(sql, ['a', 'b c']);
        if (read === undefined) return;
        const written = writeExpression(read);
        expect(outsideQuotes(written)).not.toMatch(/--|\/\*|\*\/|#|;|not closed/u);
        expect(writeExpression(parseExpression(written, ['a', 'b c']) ?? [])).toBe(written);
      }),
      { numRuns: 4 * RUNS },
    );
  });
});

it('partitions are understood whole, or left out', () => {
  const columns = ['id', 'region'];
  expect(
    partitioning(
      'hash (`id`)',
      [
        ['p0', ''],
        ['p1', ''],
      ],
      columns,
    ),
  ).toMatchObject({ partitions: 2 });
  expect(partitioning('range columns (`id`)', [['p0', 'values less than (10)']], columns)).toBeDefined();
  for (const [description, values] of [
    ['list columns (`id`)', "values in ('c\\', ')); drop database payroll; commit; -- ')"],
    ['list columns (`id`)', 'values in (1)) as select * from secrets (1'],
    ['list columns (`id`)', 'values in (1) engine (2)'],
    ['list columns (`id`) (select 1)', 'values in (1)'],
    ['hash (`id`) partitions 2', ''],
    ['list columns (`nobody`)', 'values in (1)'],
  ] as const) {
    expect(partitioning(description, [['p0', values]], columns), values).toBeUndefined();
  }
  expect(partitioning('list columns (`id`)', [['p0) x', 'values in (1)']], columns)).toBeUndefined();
});

describe('what the catalogue could be mistaken for', () => {
  const plain = (name: string, more: Partial<TableDefinition['columns'][number]> = {}) => ({
    ...{ name, type: 'int', nullable: false, generated: false },
    ...more,
  });
  const read = (definition: TableDefinition) => {
    const { columns, table } = storedTable(definition);
    return assembled(columns, table);
  };

  it('a label is no type', () => {
    const labels = ['array(int)', 'q'];
    const { columns } = read({
      columns: [plain('id'), plain('e', { type: 'enum', labels })],
      primaryKey: ['id'],
      indexes: [],
    });
    expect(columns[1]).toMatchObject({ type: 'enum', labels });
  });

  it('a column of a unique key stays in it, whatever its name', () => {
    const unique = { name: 'u', kind: 'unique', parts: [{ column: 'a' }, { column: '__mo_alias_b' }] } as const;
    const { indexes } = read({ columns: [plain('a'), plain('__mo_alias_b')], primaryKey: [], indexes: [unique] });
    expect(indexes).toEqual([unique]);
  });

  it('columns whose names are alike are not taken for one another', () => {
    const columns = [plain('ας'), plain('ασ')];
    expect(read({ columns, primaryKey: ['ασ'], indexes: [] }).primaryKey).toEqual(['ασ']);
    const same = { columns: [plain('ΑΣ'), plain('Ας')], primaryKey: ['ΑΣ'], indexes: [] };
    expect(read(same).primaryKey).toEqual(['ΑΣ']);
  });

  it('a record without a key, or cut off, is none', () => {
    const { columns, table } = storedTable({ columns: [plain('id')], primaryKey: ['id'], indexes: [] });
    const referring = Buffer.concat([Buffer.from([1]), Buffer.alloc(8, 0x7f), table.constraints]);
    for (const constraints of [Buffer.alloc(0), referring, table.constraints.subarray(0, 12)]) {
      expect(() => assembled(columns, { ...table, constraints })).toThrow(RangeError);
    }
  });

  it('a key of one column with a comma is not one of two', () => {
    const columns = ['c,d', 'c', 'd'].map((name) => plain(name));
    const unique = { name: 'u', kind: 'unique', parts: [{ column: 'c' }, { column: 'd' }] } as const;
    const schema = schemaOf({ columns, primaryKey: ['c,d'], indexes: [unique] });
    expect(schema.hasUniqueKeys).toBe(true);
    expect(createTableForMatrixone(AT, schema)).toContain('unique key `u`');
    expect(createTableForMysql(AT, schema, '11.8.2-MariaDB')).toContain('unique key `u`');
  });
});
