import { expect, test } from 'vitest';
import type { Pin } from '../../lib/data/position.ts';
import type { Source } from '../../lib/replication/endpoints/source.ts';
import { seededRandom } from '../support/random-writer.ts';
import type { SourceFixture } from './source-contract.ts';

interface Plain {
  readonly db: string;
  readonly prefix: string;
  readonly run: (...sql: string[]) => Promise<void>;
  readonly fixture: () => SourceFixture;
  readonly source: () => Source;
}

/** By hand: RANDOM_TABLES=500 SEED=7 */
const RANDOM_TABLES = Number(process.env['RANDOM_TABLES'] ?? 30);
const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000));

/** Types that can make a key, and whether a table with it is plain. */
const KEYS: Readonly<Record<string, boolean>> = {
  ...{ tinyint: true, smallint: true, mediumint: true, int: true, bigint: true, 'tinyint unsigned': true },
  ...{ 'smallint unsigned': true, 'int unsigned': true, 'bigint unsigned': true, date: true, 'char(5)': true },
  ...{ 'varchar(20)': true, 'binary(4)': true, 'varbinary(9)': true, datetime: true, timestamp: true, time: true },
  ...{ 'datetime(3)': false, 'datetime(6)': false, 'timestamp(1)': false, 'time(6)': false, bool: false },
  ...{ 'bit(20)': false, 'decimal(10,2)': false, 'decimal(20,2)': false, float: false, double: false, year: false },
};
/** Other types of columns. */
const TYPES: Readonly<Record<string, boolean>> = {
  ...{
    "enum('a','b')": true,
    text: true,
    longtext: true,
    blob: true,
    json: true,
    "set('a','b')": true,
    'decimal(65,30)': true,
    uuid: true,
  },
  ...{ 'array(int)': true, datalink: true, 'vecf32(3)': true, 'vecf64(3)': true, 'vecbf16(3)': true },
  ...{ 'vecf16(3)': true, 'vecint8(3)': true, 'vecuint8(3)': true, geometry: false, point: false, polygon: false },
  ...{ point32: false, geometry32: false, polygon32: false, multipolygon32: false, geometrycollection32: false },
};
/** Definitions of tables, and whether they are plain. */
const TABLES: readonly (readonly [string, boolean])[] = [
  ...Object.keys({ ...KEYS, ...TYPES }).map(
    (type) => [`(id int primary key, v ${type})`, TYPES[type] ?? true] as const,
  ),
  ...Object.entries(KEYS).map(([type, plain]) => [`(k ${type} primary key, v json)`, plain] as const),
  ...Object.entries(KEYS).map(([type, plain]) => [`(k ${type}, a int, v json, primary key (a, k))`, plain] as const),
  ...Object.entries(KEYS).map(
    ([type, plain]) => [`(a int, b int, v ${type} not null, primary key (b, a))`, plain] as const,
  ),
  [`(a int, b int, v text not null, primary key (a, b))`, false],
  [`(a int, b int, s set('x','y') not null, primary key (a, b))`, false],
  [`(a int, b int, g int generated always as (a + b) stored, primary key (a, b))`, true],
  ['(id bigint auto_increment primary key, v int, g int generated always as (v + 1) stored)', true],
  ['(id int primary key, u int not null, unique key u (u))', true],
  ['(u int not null, v int, unique key u (u))', false],
  ['(a int not null, b int not null, unique key ab (a, b))', false],
  ['(v int)', false],
];
const REAL_ONLY: readonly (readonly [string, boolean])[] = [
  ['(k uuid primary key)', true],
  ['(a int, k uuid, v point, primary key (a, k))', false],
  ['(id int primary key, v int) partition by hash(id) partitions 3', true],
  ['(a int, b bool) cluster by (a, b)', false],
];

/** Which tables can be replicated is known of most of them without describing each. */
export function describePlain({ db, prefix, run, fixture, source }: Plain): void {
  const other = `${db}_plain`;
  const namesOf = async (at: Pin, databases: readonly string[] | 'account' = [other]): Promise<string[]> => {
    const plain = await source().plainTables(databases, at);
    const listed = (await source().tables(databases, at)).filter(({ id, kind }) => plain.has(id) && kind === 'table');
    return listed.filter(({ name }) => name.database === other).map(({ name }) => name.table);
  };
  /** The rules that refuse most, and those that refuse least. */
  const expectDescribed = async (tables: readonly string[], at: Pin): Promise<void> => {
    for (const withoutKey of ['refuse', 'replace'] as const) {
      const opened = fixture().open(undefined, { withoutKey });
      for (const table of tables) expect(await opened.describe({ database: other, table }, at)).toBeDefined();
      await opened.close();
    }
  };

  test('knows which tables are plain: those can be described, whatever is asked for', async () => {
    const tables = [...TABLES, ...(fixture().emulated ? [] : REAL_ONLY)];
    await run(`drop database if exists ${other}`, `create database ${other}`);
    for (const [i, [definition]] of tables.entries()) await run(`create table ${other}.t${i} ${definition}`);
    await run(
      `create view ${other}.seen as select id from ${other}.t0`,
      `create table ${other}.\`it's 表\` (\`a \`\`b\` int, \`c\` varchar(9), primary key (\`a \`\`b\`, \`c\`))`,
      `create table ${other}.renamed (a int, b bool, primary key (a, b))`,
      `alter table ${other}.renamed rename column b to c`,
    );
    const first = await source().createPin(`${prefix}p1`, [{ database: other }]);
    const found = await namesOf(first);
    const definitions = found.map((name) => tables[Number(name.slice(1))]?.[0] ?? name);
    const plain = tables.filter(([, isPlain]) => isPlain).map(([definition]) => definition);
    expect(definitions.sort()).toEqual([...plain, "it's 表"].sort());
    expect((await namesOf(first, 'account')).sort()).toEqual(found.sort());
    expect((await namesOf(first, [db, other.toUpperCase()])).sort()).toEqual(found.sort());
    expect(await source().plainTables([], first)).toEqual(new Set());
    expect(await namesOf(first, [db])).toEqual([]);
    await expectDescribed(found, first);

    await run(
      `drop table ${other}.t0`,
      `alter table ${other}.t1 drop primary key`,
      `create table ${other}.later (id int primary key)`,
    );
    const second = await source().createPin(`${prefix}p2`, [{ database: other }]);
    const changed = new Set([...found, 'later']);
    for (const gone of ['t0', 't1']) changed.delete(gone);
    expect((await namesOf(second)).sort()).toEqual([...changed].sort());
    expect((await namesOf(first)).sort()).toEqual(found.sort());
    await run(`drop database ${other}`);
  }, 120_000);

  test(`takes no table for plain that cannot be described (seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
    const keys = Object.keys(KEYS);
    const types = [...keys, ...keys, ...Object.keys(TYPES)];
    await run(`drop database if exists ${other}`, `create database ${other}`);
    for (let i = 0; i < RANDOM_TABLES; i += 1) {
      const wide = Array.from({ length: pick([0, 1, 1, 1, 2, 2, 3]) }, (_, k) => `k${k} ${pick(keys)} not null`);
      const rest = Array.from(
        { length: pick([1, 2, 3]) },
        (_, v) => `v${v} ${pick(types)} ${pick(['null', 'null', 'not null'])}`,
      );
      const named = wide.map((_, k) => `k${k}`).join(', ');
      const key = wide.length === 0 ? [] : [`${pick(['primary key', 'primary key', 'unique key u'])} (${named})`];
      await run(`create table ${other}.r${i} (${[...wide, ...rest, ...key].join(', ')})`);
    }
    const now = await source().createPin(`${prefix}p3`, [{ database: other }]);
    const found = await namesOf(now);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(RANDOM_TABLES);
    await expectDescribed(found, now);
    await run(`drop database ${other}`);
  }, 120_000);
}
