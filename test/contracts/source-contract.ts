import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Change, type Row, sameDeclaration } from '../../lib/data/change.ts';
import type { Pin } from '../../lib/data/position.ts';
import type { Source } from '../../lib/replication/endpoints/source.ts';
import type { TableRules } from '../../lib/matrixone/definition/table-rules.ts';
import type { TaskOptions } from '../../lib/task/task.ts';
import { describeKeys } from './source-keys.ts';
import { describeNames } from './source-names.ts';
import { describePlain } from './source-plain.ts';
import { ANY, expectRest } from './source-rest.ts';
import { describeShapes } from './source-shapes.ts';
import { describeSizes } from './source-sizes.ts';
import type { SqlClient } from '../support/sql-client.ts';
import { allRanges } from '../support/all-ranges.ts';

export interface SourceFixture {
  readonly client: SqlClient;
  readonly changeReader: TaskOptions['changeReader'];
  readonly emulated: boolean;
  open(signal?: AbortSignal, rules?: Partial<TableRules>): Source;
  /** A source whose password or port is wrong. */
  openBroken(how: 'password' | 'port'): Source;
  close(): Promise<void>;
}

/** What the engine relies on in a source, tried with a real database behind it. */
export function describeSource(name: string, start: () => Promise<SourceFixture>): void {
  describe(`source contract: ${name}`, () => {
    const db = `cdc_src_${randomBytes(4).toString('hex')}`;
    const prefix = `mo_cdc_${db}_`;
    const at = (table: string) => ({ database: db, table });
    let fixture: SourceFixture;
    let source: Source;
    let pinned = 0;
    const run = (...sql: string[]): Promise<void> => fixture.client.run(...sql);
    const pin = (...tables: string[]): Promise<Pin> => source.createPin(`${prefix}${++pinned}`, tables.map(at));

    beforeAll(async () => {
      fixture = await start();
      source = fixture.open();
      await run(`create database ${db}`);
    });

    afterAll(async () => {
      for (const { name: pinName } of await source.pins(prefix)) await source.dropPin(pinName);
      await run(`drop database if exists ${db}`, `drop database if exists ${db}_plain`);
      await source.close();
      await fixture.close();
    });

    test('pins are listed by prefix, ordered in time, and dropped idempotently', async () => {
      await run(`create table ${db}.pins (id int primary key)`, `create table ${db}.pins2 (id int primary key)`);
      const first = await pin('pins');
      const second = await pin('pins', 'pins2');
      expect(BigInt(second.ts)).toBeGreaterThan(BigInt(first.ts));
      const listed = await source.pins(prefix);
      expect(listed).toEqual(expect.arrayContaining([first, second]));
      const again = await source.createPin(first.name, [at('pins')]);
      expect(BigInt(again.ts)).toBeGreaterThan(BigInt(second.ts));
      await source.dropPin(first.name);
      await source.dropPin(first.name);
      expect((await source.pins(prefix)).map((p) => p.name)).not.toContain(first.name);
    });

    test('counts the rows of a table as they were at the pin', async () => {
      await run(
        `create table ${db}.\`how many\` (id int primary key)`,
        `insert into ${db}.\`how many\` values (1), (2), (3)`,
      );
      await run(`delete from ${db}.\`how many\` where id = 2`);
      const before = await pin('how many');
      await run(`insert into ${db}.\`how many\` values (4), (5)`);
      const after = await pin('how many');
      expect([await source.countRows(at('how many'), before), await source.countRows(at('how many'), after)]).toEqual([
        2, 4,
      ]);
      await expect(source.countRows(at('absent'), after)).rejects.toMatchObject({ code: 'SOURCE_TABLE_MISSING' });
    });

    test('describes a table as it was at the pin', async () => {
      await run(`create table ${db}.\`odd 表-name\` (\`a b\` bigint unsigned not null, \`select\` varchar(20) not null,
        u decimal(10,2), e enum('x','y,z'), primary key (\`a b\`, \`select\`), unique key \`u k\` (u))`);
      const before = await pin('odd 表-name');
      await run(`alter table ${db}.\`odd 表-name\` add column later int`);
      const schema = await source.describe(at('odd 表-name'), before);
      expect(schema.columns.map((c) => c.name)).toEqual(['a b', 'select', 'u', 'e']);
      expect(schema.columns[0]).toMatchObject({ nullable: false, generated: false });
      expect(schema.columns[2]).toMatchObject({ type: 'decimal(10,2)', nullable: true });
      expect(schema).toMatchObject({ key: ['a b', 'select'], hasUniqueKeys: true });
      const after = await source.describe(at('odd 表-name'), await pin('odd 表-name'));
      expect(after.columns).toHaveLength(5);
      expect(sameDeclaration(after, schema)).toBe(false);
    });

    test('names may hold quotes of every kind', async () => {
      const table = { database: db, table: "it's `quoted`" };
      const sql = `\`${db}\`.\`${table.table.replaceAll('`', '``')}\``;
      await run(`create table ${sql} (\`a b-c\` int primary key)`, `insert into ${sql} values (1)`);
      const first = await source.createPin(`${prefix}q1`, [table]);
      await run(`insert into ${sql} values (2)`);
      const second = await source.createPin(`${prefix}q2`, [table]);
      const schema = await source.describe(table, second);
      expect(schema.key).toEqual(['a b-c']);
      expect(await source.changedSince([table], first)).toBe(true);
      expect(shown(await collect(source.readChanges(schema, { after: first, until: second })))).toEqual(['+2']);
      expect(await allRanges(source, schema, second, { rows: 1, bytes: ANY })).toHaveLength(3);
    });

    test('refuses what cannot be replicated, by code', async () => {
      await run(
        `create table ${db}.nokey (id int)`,
        `create table ${db}.fine (id int primary key)`,
        `create view ${db}.seen as select id from ${db}.fine`,
        `create table ${db}.\`say {snapshot}\` (id int primary key)`,
      );
      const now = await pin('fine', 'nokey');
      await expect(source.describe(at('nokey'), now)).rejects.toMatchObject({ code: 'TABLE_WITHOUT_KEY' });
      await expect(source.describe(at('absent'), now)).rejects.toMatchObject({ code: 'SOURCE_TABLE_MISSING' });
      await expect(source.describe(at('say {snapshot}'), now)).rejects.toMatchObject({
        code: 'TABLE_NAME_UNSUPPORTED',
      });
      const asked = ['fine', 'nokey', 'seen', 'absent', 'say {snapshot}'];
      const codes = (await source.check(asked.map(at))).map((c) => c.code).join(' ');
      expect(codes).toBe('TABLE_WITHOUT_KEY TABLE_KIND_UNSUPPORTED SOURCE_TABLE_MISSING TABLE_NAME_UNSUPPORTED');
      expect(await source.check([at('fine')])).toEqual([]);
    });

    test('lists what there is at a pin, and covers whole databases', async () => {
      const other = `${db}_two`;
      await run(`create database ${other}`, `create table ${other}.parent (id int primary key, u int unique)`);
      await run(
        `create table ${other}.child (id int primary key, p int, foreign key (p) references ${other}.parent (id))`,
        `create table ${other}.loose (v int)`,
        `create view ${other}.seen as select id from ${other}.parent`,
        `create sequence ${other}.numbers`,
        `create temporary table ${other}.passing (id int primary key)`,
      );
      const list = async (databases: readonly string[] | 'account', at: Pin) =>
        (await source.tables(databases, at))
          .filter(({ name: { database } }) => database === other)
          .map(({ name: { table }, kind }) => `${table}: ${kind}`)
          .sort();
      const expected = ['child: table', 'loose: table', 'numbers: sequence', 'parent: table', 'seen: view'];
      const first = await source.createPin(`${prefix}d1`, [{ database: other }]);
      expect(await list([other], first)).toEqual(expected);
      expect(await list([db], first)).toEqual([]);
      expect(await source.tables([], first)).toEqual([]);

      await run(`drop table ${other}.child`, `create table ${other}.later (id int primary key)`);
      const second = await source.createPin(`${prefix}d2`, [{ database: other }, { database: db }]);
      expect(await list([db, other.toUpperCase()], second)).toEqual(['later: table', ...expected.slice(1)]);
      expect(await list('account', second)).toEqual(['later: table', ...expected.slice(1)]);
      expect(await list([other], first)).toEqual(expected);
      const idOf = async (table: string, at: Pin) =>
        (await source.tables([other], at)).find(({ name: { table: found } }) => found === table)?.id;
      expect(await idOf('parent', second)).toBe(await idOf('parent', first));
      const child = await source.describe({ database: other, table: 'child' }, first);
      expect([child.id, child.key]).toEqual([await idOf('child', first), ['id']]);
      expect(await source.countChanges({ database: other, table: 'parent' }, { after: first, until: second })).toBe(0);
      const gone = [{ database: other, table: 'child' }];
      expect(await source.changedSince(gone, first)).toBe(true);

      const codes = (await source.check([{ database: other }, { database: 'no_such_db' }])).map((c) => c.code);
      expect(codes).toEqual(['SOURCE_DATABASE_MISSING']);
      expect(await source.check([{ database: other }, { database: db.toUpperCase() }])).toEqual([]);
      expect(await source.check('account')).toEqual([]);
      await run(`drop database ${other}`);
    });

    test('cuts tables into ranges that hold every row once, and reads them at the pin', async () => {
      await run(
        `create table ${db}.num (id bigint primary key, v varchar(10))`,
        `create table ${db}.pair (a varchar(20), b int, v varchar(10), primary key (a, b))`,
        ...inserts(`${db}.num`, 3000, (i) => `(${i * i - 500}, 'v${i}')`),
        ...inserts(`${db}.pair`, 3000, (i) => `('k''${i % 37}\\\\', ${i - 1500}, 'v${i}')`),
      );
      const now = await pin('num', 'pair');
      const expected = new Map<string, string[]>();
      for (const t of ['num', 'pair']) expected.set(t, await fixture.client.sorted(`select * from ${db}.${t}`));
      await run(`update ${db}.num set v = 'later' where id > 0`, `delete from ${db}.pair where b < 0`);
      for (const table of ['num', 'pair']) {
        const schema = await source.describe(at(table), now);
        const ranges = await allRanges(source, schema, now, { rows: 300, bytes: ANY });
        expect(ranges.length).toBeGreaterThan(5);
        expect(ranges.length).toBeLessThan(20);
        const sizes: number[] = [];
        const all: Row[] = [];
        for (const range of ranges) {
          const rows = await collect(source.readRange(schema, now, range));
          sizes.push(rows.length);
          all.push(...rows);
        }
        expect(Math.max(...sizes)).toBeLessThan(900);
        expect(sorted(all)).toEqual(expected.get(table));
        expect(await allRanges(source, schema, now, { rows: 1_000_000, bytes: ANY })).toHaveLength(1);
        await expectRest(source, schema, now, ranges);
      }
    });

    test('gives the net changes of a window, enum and set by label', async () => {
      await run(
        `create table ${db}.chg (id int primary key, e enum('a','B b','7','2'), s set('X','y','z'), t varchar(20),
           g int generated always as (id + 1) stored, n int)`,
        `insert into ${db}.chg (id, e, s, t) values (1,'a','X','one'),(2,'B b','X,z','two'),(3,'7','','three')`,
      );
      const first = await pin('chg');
      // A look that takes long may say yes; the next one has more time, in the end five seconds.
      await expect.poll(() => source.changedSince([at('chg')], first), { timeout: 60_000 }).toBe(false);
      await run(
        `update ${db}.chg set s = 'y,z' where id = 1`,
        `insert into ${db}.chg (id, e, s, t) values (6, 'B b', 'X', 'six')`,
        `delete from ${db}.chg where id = 2`,
        `insert into ${db}.chg (id, e, s, t) values (4, '7', 'X', 'tmp'), (5, null, null, 'gone')`,
        `update ${db}.chg set t = 'four' where id = 4`,
        `delete from ${db}.chg where id = 5`,
        `update ${db}.chg set id = 30 where id = 3`,
      );
      await expect.poll(() => source.changedSince([at('chg')], first)).toBe(true);
      const second = await pin('chg');
      const schema = await source.describe(at('chg'), second);
      const window = { after: first, until: second };
      const changes = await collect(source.readChanges(schema, window));
      const counted = fixture.changeReader === 'compare' ? 1 : changes.length;
      expect(await source.countChanges(at('chg'), window)).toBe(counted);
      expect(shown(changes)).toEqual([
        '+1|a|y,z|one|NULL',
        '+30|7||three|NULL',
        '+4|7|X|four|NULL',
        '+6|B b|X|six|NULL',
        '-2',
        '-3',
      ]);
      expect(await collect(source.readChanges(schema, { after: second, until: second }))).toEqual([]);
    });

    test('says when the schema changed and when history is lost', async () => {
      await run(`create table ${db}.sch (id int primary key, a int, b int)`, `insert into ${db}.sch values (1,2,3)`);
      const first = await pin('sch');
      await run(`alter table ${db}.sch drop column b`);
      expect(await source.changedSince([at('sch')], first)).toBe(true);
      const second = await pin('sch');
      const counted = source.countChanges(at('sch'), { after: first, until: second });
      await expect(counted).rejects.toMatchObject({ code: 'SCHEMA_CHANGED' });
      const schema = await source.describe(at('sch'), second);
      await source.dropPin(first.name);
      const read = collect(source.readChanges(schema, { after: first, until: second }));
      await expect(read).rejects.toMatchObject({ code: 'HISTORY_LOST' });
      await expect(source.describe(at('sch'), first)).rejects.toMatchObject({ code: 'HISTORY_LOST' });
    });

    describeShapes({ db, at, run, pin, source: () => source });
    describeSizes({ db, at, run, pin, emulated: () => fixture.emulated, source: () => source });
    describeNames({ db, run, emulated: () => fixture.emulated, source: () => source });
    describePlain({ db, prefix, run, fixture: () => fixture, source: () => source });
    describeKeys({ db, at, run, pin, fixture: () => fixture, source: () => source });

    test('streams large tables with one batch in memory, and can be left early', async () => {
      await run(
        `create table ${db}.big (id int primary key, v varchar(1000))`,
        ...inserts(`${db}.big`, 5000, (i) => `(${i}, '${'x'.repeat(500)}')`),
      );
      const now = await pin('big');
      const schema = await source.describe(at('big'), now);
      const open = { lower: undefined, upper: undefined };
      let rows = 0;
      for await (const batch of source.readRange(schema, now, open)) {
        expect(batch.length).toBeLessThanOrEqual(600);
        rows += batch.length;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(rows).toBe(5000);
      for await (const batch of source.readRange(schema, now, open)) {
        expect(batch.length).toBeGreaterThan(0);
        break;
      }
      expect(await source.countChanges(at('big'), { after: now, until: now })).toBe(0);
    });

    test('stops at once when aborted', async () => {
      const abort = new AbortController();
      const other = fixture.open(abort.signal);
      const now = await pin('big');
      const schema = await other.describe(at('big'), now);
      const reason = new Error('enough');
      const reading = (async () => {
        for await (const batch of other.readRange(schema, now, { lower: undefined, upper: undefined })) {
          expect(batch.length).toBeGreaterThan(0);
          abort.abort(reason);
        }
      })();
      await expect(reading).rejects.toBe(reason);
      await expect(other.pins(prefix)).rejects.toBe(reason);
      await other.close();
    });

    test.each([
      ['password', 'SOURCE_ACCESS_DENIED'],
      ['port', 'SOURCE_UNREACHABLE'],
    ] as const)('a wrong %s is the only complaint', async (how, code) => {
      const broken = fixture.openBroken(how);
      const complaints = await broken.check([at('absent')]);
      expect(complaints.map((c) => c.code)).toEqual([code]);
      expect(JSON.stringify(complaints)).not.toContain('wrong-secret');
      await broken.close();
    });
  });
}

/** Multi-row INSERTs of `count` rows, 1,000 a statement. */
export function inserts(table: string, count: number, row: (i: number) => string): string[] {
  const rows = Array.from({ length: count }, (_, i) => row(i));
  const parts = Array.from({ length: Math.ceil(count / 1000) }, (_, i) => rows.slice(i * 1000, (i + 1) * 1000));
  return parts.map((part) => `insert into ${table} values ${part.join(',')}`);
}

export async function collect<T>(batches: AsyncIterable<Iterable<T>>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

export const text = (row: Row): string => row.map((value) => value?.toString('latin1') ?? 'NULL').join('|');
const sorted = (rows: readonly Row[]): string[] => rows.map(text).sort();
/** Of a deletion only the key counts, which is the first column here. */
const shown = (changes: readonly Change[]): string[] =>
  changes.map(({ deleted, row }) => (deleted ? `-${text(row.slice(0, 1))}` : `+${text(row)}`)).sort();
