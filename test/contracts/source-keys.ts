import { expect, test } from 'vitest';
import type { Change } from '../../lib/data/change.ts';
import type { Pin, Window } from '../../lib/data/position.ts';
import type { Source } from '../../lib/replication/endpoints/source.ts';
import type { TableName } from '../../lib/task/task.ts';
import { seededRandom } from '../support/random-writer.ts';
import { collect, inserts, type SourceFixture, text } from './source-contract.ts';
import { expectStops } from './source-rest.ts';
import { allRanges } from '../support/all-ranges.ts';

interface Keys {
  readonly db: string;
  readonly at: (table: string) => TableName;
  readonly run: (...sql: string[]) => Promise<void>;
  readonly pin: (...tables: string[]) => Promise<Pin>;
  readonly fixture: () => SourceFixture;
  readonly source: () => Source;
}

/** Types of keys that `data branch diff` gets wrong, with five different values each. */
const LOSSY: Readonly<Record<string, readonly string[]>> = {
  'datetime(6)': [1, 2, 3, 4, 5].map((i) => `'2026-01-01 00:00:00.00000${i}'`),
  'timestamp(3)': [1, 2, 3, 4, 5].map((i) => `'2026-01-01 00:00:00.00${i}'`),
  'time(6)': [1, 2, 3, 4, 5].map((i) => `'-01:00:00.00000${i}'`),
  bool: ['true', 'false'],
  'bit(20)': ['5', '70000', '0', '1', '255'],
  'decimal(18,2)': [1, 2, 3, 4, 5].map((i) => `${i}${'9'.repeat(i * 3)}.5`),
  'decimal(38,10)': [1, 2, 3, 4, 5].map((i) => `1234567890123456789012345678.000000000${i}`),
  'bigint unsigned': [1, 2, 3, 4, 5].map((i) => `1844674407370955161${i}`),
};

/** A column of each type with two values, which a checksum has to tell apart. */
const TYPES: Readonly<Record<string, readonly [string, string]>> = {
  'tinyint unsigned': ['1', '255'],
  'bigint unsigned': ['0', '18446744073709551615'],
  bool: ['true', 'false'],
  'bit(17)': ['1', '70000'],
  float: ['0.5', '0.25'],
  double: ['1e300', '1e-300'],
  'decimal(38,10)': ['0.0000000001', '0.0000000002'],
  date: [`'2026-01-01'`, `'2026-01-02'`],
  'time(6)': [`'-100:00:00.000001'`, `'-100:00:00.000002'`],
  'datetime(6)': [`'2026-01-01 00:00:00.000001'`, `'2026-01-01 00:00:00.000002'`],
  'timestamp(6)': [`'2026-01-01 00:00:00.000001'`, `'2026-01-01 00:00:00.000002'`],
  year: ['2025', '2026'],
  'char(5)': [`'a'`, `'A'`],
  'varchar(9)': [`''`, `' '`],
  text: [`'a b'`, `'a  b'`],
  blob: [`x'00'`, `x'0000'`],
  'binary(2)': [`x'0001'`, `x'0100'`],
  'varbinary(9)': [`x'ff'`, `x'fe'`],
  json: [`'{"a": 1}'`, `'{"a": "1"}'`],
  uuid: [`'019a0000-0000-7000-8000-000000000001'`, `'019a0000-0000-7000-8000-000000000002'`],
  "enum('a','b')": [`'a'`, `'b'`],
  "set('x','y')": [`'x'`, `'x,y'`],
};
const REAL_ONLY: Readonly<Record<string, readonly [string, string]>> = {
  'vecf32(2)': [`'[1, 2]'`, `'[1, 2.5]'`],
  'vecf64(2)': [`'[1, 2]'`, `'[2, 1]'`],
};

/** Changes of tables that go by other keys than a plain primary one, and comparisons as such. */
export function describeKeys({ db, at, run, pin, fixture, source }: Keys): void {
  const compares = (): boolean => fixture().changeReader !== 'diff';
  const changesOf = async (name: string, window: Window): Promise<string[]> => {
    const schema = await source().describe(at(name), window.until);
    return shown(await collect(source().readChanges(schema, window)), schema.key.length);
  };

  test.each(['float', 'float(10,2)'])('refuses keys of type %s, which cannot be found at every sink', async (type) => {
    await run(
      `drop table if exists ${db}.lossy`,
      `create table ${db}.lossy (a int, k ${type} not null, v int, primary key (a, k))`,
    );
    expect((await source().check([at('lossy')])).map((c) => c.code)).toEqual(['TYPE_UNSUPPORTED']);
  });

  test.each(Object.keys(LOSSY))('reads every change of a key of type %s, or refuses it', async (type) => {
    const values = LOSSY[type] ?? [];
    await run(`drop table if exists ${db}.lossy`, `create table ${db}.lossy (k ${type} primary key, v int)`);
    if (!compares()) {
      // This one is refused by its values, when they come.
      const refused = type === 'bigint unsigned' ? [] : ['TYPE_UNSUPPORTED'];
      expect((await source().check([at('lossy')])).map((c) => c.code)).toEqual(refused);
      return;
    }
    await run(...values.map((value, i) => `insert into ${db}.lossy values (${value}, ${i})`));
    const first = await pin('lossy');
    const [one = '', two = ''] = values;
    await run(`delete from ${db}.lossy where k = ${one}`, `update ${db}.lossy set v = 9 where k = ${two}`);
    const second = await pin('lossy');
    const rows = (where: string) =>
      fixture().client.sorted(`select k, v from ${db}.lossy{snapshot='${first.name}'} ${where}`);
    const [gone = ''] = await rows(`where v = 0`);
    const [altered = ''] = await rows(`where v = 1`);
    const key = (line: string): string => line.split('|')[0] ?? '';
    expect(await changesOf('lossy', { after: first, until: second })).toEqual(
      [`+${key(altered)}|9`, `-${key(gone)}`].sort(),
    );
  });

  test('takes a unique key without NULLs for the key, the shortest and of these the first', async () => {
    await run(
      `create table ${db}.uniq (a int not null, b int not null, c varchar(9) not null, n int, v int,
         unique key n (n), unique key ab (a, b), unique key c (c), unique key b (b))`,
      `insert into ${db}.uniq values (1, 10, 'x', null, 0), (2, 20, 'y', null, 0), (3, 30, 'z', 3, 0)`,
    );
    const first = await pin('uniq');
    if (!compares()) {
      await expect(source().describe(at('uniq'), first)).rejects.toMatchObject({ code: 'TABLE_WITHOUT_KEY' });
      return;
    }
    await run(
      `update ${db}.uniq set c = 'new' where a = 1`,
      `update ${db}.uniq set v = 5 where a = 2`,
      `delete from ${db}.uniq where a = 3`,
    );
    await expect.poll(() => source().changedSince([at('uniq')], first)).toBe(true);
    const second = await pin('uniq');
    expect(await source().describe(at('uniq'), second)).toMatchObject({ key: ['c'], hasUniqueKeys: true });
    const schema = await source().describe(at('uniq'), second);
    const changes = await collect(source().readChanges(schema, { after: first, until: second }));
    const lines = changes.map(({ deleted, row }) => (deleted ? `-${String(row[2])}` : `+${text(row)}`)).sort();
    expect(lines).toEqual(['+1|10|new|NULL|0', '+2|20|y|NULL|5', '-x', '-z']);
  });

  test('sees whether a table without a key has changed, where such are taken', async () => {
    if (!compares()) return;
    await run(`create table ${db}.bag (v varchar(9))`, `insert into ${db}.bag values ('a'), ('a'), (null)`);
    const taking = fixture().open(undefined, { withoutKey: 'replace' });
    const first = await pin('bag');
    await expect(source().describe(at('bag'), first)).rejects.toMatchObject({ code: 'TABLE_WITHOUT_KEY' });
    expect(await taking.describe(at('bag'), first)).toMatchObject({ key: [] });
    expect(await allRanges(taking, await taking.describe(at('bag'), first), first, { rows: 1, bytes: 1 })).toHaveLength(
      1,
    );
    const counts: number[] = [];
    let before = first;
    // Pairs that an exclusive or would not see.
    const steps = [`update ${db}.bag set v = 'b' where v = 'a'`, `insert into ${db}.bag values ('c'), ('c')`];
    for (const sql of [...steps, `delete from ${db}.bag where v = 'c'`, 'select 1']) {
      await run(sql);
      const after = await pin('bag');
      counts.push(Math.min(1, await taking.countChanges(at('bag'), { after: before, until: after })));
      before = after;
    }
    expect(counts).toEqual([1, 1, 1, 0]);
    await taking.close();
  });

  test('sees a change of any type, and between NULL and a value', async () => {
    const types = { ...TYPES, ...(fixture().emulated ? {} : REAL_ONLY) };
    const columns = Object.keys(types).map((type, i) => `c${i} ${type}`);
    await run(
      `create table ${db}.typed (id int primary key, ${columns.join(', ')})`,
      `insert into ${db}.typed (id) values (1), (2)`,
    );
    let before = await pin('typed');
    for (const [i, values] of Object.values(types).entries()) {
      for (const value of [...values, 'null']) {
        await run(`update ${db}.typed set c${i} = ${value} where id = 1`);
        const after = await pin('typed');
        const seen = await changesOf('typed', { after: before, until: after });
        expect(
          seen.map((line) => line.split('|')[0]),
          `${Object.keys(types)[i]} ${value}`,
        ).toEqual(['+1']);
        before = after;
      }
    }
  });

  test('finds random changes in a table of several ranges', async () => {
    const random = seededRandom(4711);
    const below = (limit: number): number => Math.floor(random() * limit);
    await run(
      `create table ${db}.many (a varchar(20), b int, v varchar(20), primary key (a, b))`,
      ...inserts(`${db}.many`, 26_000, (i) => `('k${i % 977}', ${i}, 'v${i}')`),
    );
    const state = async (name: string): Promise<Map<string, string>> =>
      new Map(
        (await fixture().client.sorted(`select a, b, v from ${db}.many{snapshot='${name}'}`)).map((line) => [
          line.split('|').slice(0, 2).join('|'),
          line,
        ]),
      );
    let first = await pin('many');
    const rounds = [
      [`delete from ${db}.many where b > 24000`],
      [`update ${db}.many set v = 'x' where b = ${below(24_000)}`],
      [`update ${db}.many set b = -b - 1 where b % 1000 = ${below(1000)}`, `delete from ${db}.many where b = 7`],
      inserts(`${db}.many`, 6_000, (i) => `('z${i % 31}', ${100_000 + i}, 'new')`),
    ];
    for (const statements of rounds) {
      await run(...statements);
      const second = await pin('many');
      const [old, now] = [await state(first.name), await state(second.name)];
      const expected = [
        ...[...now].flatMap(([key, line]) => (old.get(key) === line ? [] : [`+${line}`])),
        ...[...old.keys()].flatMap((key) => (now.has(key) ? [] : [`-${key}`])),
      ].sort();
      expect(await changesOf('many', { after: first, until: second })).toEqual(expected);
      first = second;
    }
  });

  test('stops what looks for changes when told to, and serves on', async () => {
    const after = await pin('many');
    await run(`update ${db}.many set v = concat('y', b)`);
    await expectStops(source(), at('many'), { after, until: await pin('many') });
  });
}

const shown = (changes: readonly Change[], keys: number): string[] =>
  changes.map(({ deleted, row }) => (deleted ? `-${text(row.slice(0, keys))}` : `+${text(row)}`)).sort();
