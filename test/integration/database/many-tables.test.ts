import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { MatrixoneSource } from '../../../lib/matrixone/source/matrixone-source.ts';
import { USUAL_RULES } from '../../../lib/matrixone/definition/table-rules.ts';
import { Connection } from '../../../lib/wire/connection.ts';
import type { Pin } from '../../../lib/data/position.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { tableKey, type TableName } from '../../../lib/task/task.ts';
import { seededRandom } from '../../support/random-writer.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';

/** By hand against a real server: TABLES=100 ROUNDS=100 WRITES=60 */
const TABLES = Number(process.env['TABLES'] ?? 40);
const ROUNDS = Number(process.env['ROUNDS'] ?? 12);
const WRITES = Number(process.env['WRITES'] ?? 6);
const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000));
const ROWS = 5;

const db = `cdc_many_${randomBytes(4).toString('hex')}`;
const prefix = `mo_${db}_`;
const at = (i: number): TableName => ({ database: db, table: `t${i}` });
const all = (count: number): TableName[] => Array.from({ length: count }, (_, i) => at(i));

let servers: TestServers;
let client: SqlClient;
let pins = 0;
const open: MatrixoneSource[] = [];

const source = (changeReader = USUAL_RULES.changeReader): MatrixoneSource => {
  const rules = { ...USUAL_RULES, changeReader };
  const opened = new MatrixoneSource(parseDatabaseUri(servers.sourceUri), new AbortController().signal, rules);
  open.push(opened);
  return opened;
};
const pin = (from: MatrixoneSource): Promise<Pin> => from.createPin(`${prefix}${(pins += 1)}`, [{ database: db }]);

/** The statements that are sent while it works. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const sent = vi.spyOn(Connection.prototype, 'query');
  try {
    await work();
    return sent.mock.calls.map(([sql]) => sql);
  } finally {
    sent.mockRestore();
  }
}

const diffs = (statements: readonly string[]): string[] => statements.filter((sql) => sql.startsWith('data branch'));
const sums = (statements: readonly string[]): string[] => statements.filter((sql) => sql.includes('__mo_rowid'));

beforeAll(async () => {
  servers = await testServers();
  client = new SqlClient(servers.sourceUri);
  await client.run(`create database ${db}`, `use ${db}`);
  for (let i = 0; i < TABLES; i += 1) {
    // A table in four has no primary key, one in five a key that the diff is not exact for.
    const key = i % 4 === 3 ? 'int not null unique' : i % 5 === 4 ? 'decimal(30, 0) primary key' : 'int primary key';
    const rows = Array.from({ length: ROWS }, (_, id) => `(${id}, 0)`).join(', ');
    await client.run(`create table t${i} (id ${key}, v int)`, `insert into t${i} values ${rows}`);
  }
}, 600_000);
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});
afterAll(async () => {
  const cleaner = source();
  for (const { name } of await cleaner.pins(prefix)) await cleaner.dropPin(name);
  await cleaner.close();
  await client.run(`drop database ${db}`);
  client.close();
  await servers.stop();
});

describe('a window over many tables', () => {
  it('asks in few statements, and by itself only about each table that has changed', async () => {
    const from = source('diff');
    const keyed = all(TABLES).filter((_, i) => i % 4 !== 3 && i % 5 !== 4);
    const before = await pin(from);
    await client.run(
      'update t0 set v = v + 1 where id = 1',
      'insert into t1 values (100, 1)',
      'delete from t5 where id = 2',
    );
    const until = await pin(from);
    const window = { after: before, until };
    let changed: ReadonlySet<string> = new Set();
    const first = await statementsOf(async () => {
      changed = await from.changedTables(keyed, window);
    });
    expect([...changed].sort()).toEqual([0, 1, 5].map((i) => tableKey(at(i))));
    expect(diffs(first)).toHaveLength(3);
    expect(sums(first)).toHaveLength(2 * Math.ceil(keyed.length / 16));
    // The end of one window is the beginning of the next: it is not asked for again.
    const next = { after: until, until: await pin(from) };
    const second = await statementsOf(() => from.changedTables(keyed, next));
    expect(second).toEqual(sums(second));
    expect(second).toHaveLength(Math.ceil(keyed.length / 16));
  });

  it('takes shapes from the listing, and asks for those of many tables by their databases', async () => {
    const [listing, asking, one] = [source(), source(), source()];
    const now = await pin(listing);
    const names = [...all(TABLES), ...all(60).map(({ table }) => ({ database: db, table: `no_${table}` }))];
    const listed = await listing.tables([db], now);
    const sent = await statementsOf(() => listing.shapes(all(TABLES), now));
    expect(sent).toEqual([]);
    // One about the table, and one about its columns.
    expect(await statementsOf(() => listing.describe(at(0), now))).toHaveLength(2);
    const shapes = await asking.shapes(names, now);
    expect([...shapes.keys()].sort()).toEqual(listed.map(({ name }) => tableKey(name)).sort());
    for (const name of names.slice(0, 3))
      expect((await one.shapes([name], now)).get(tableKey(name))).toBe(shapes.get(tableKey(name)));
    expect(await listing.shapes(names, now)).toEqual(shapes);
    expect((await listing.describe(at(1), now)).id).toBe((await one.describe(at(1), now)).id);
  });

  it('goes without knowing which tables are plain where the server cannot tell', async () => {
    const from = source();
    const now = await pin(from);
    expect((await from.plainTables([db], now)).size).toBeGreaterThan(TABLES / 2);
    const older = vi.spyOn(Connection.prototype, 'query').mockImplementationOnce(async function (
      this: Connection,
      sql,
    ) {
      return await this.query(sql.replaceAll('attr_has_generated', 'attr_of_another_version'));
    });
    try {
      expect(await from.plainTables([db], now)).toEqual(new Set());
      expect(older.mock.calls[1]?.[0]).toContain('attr_of_another_version');
    } finally {
      older.mockRestore();
    }
    const gone = from.plainTables([db], { ...now, name: `${now.name}_gone` });
    await expect(gone).rejects.toMatchObject({ code: 'HISTORY_LOST' });
    const abort = new AbortController();
    const aborted = new MatrixoneSource(parseDatabaseUri(servers.sourceUri), abort.signal);
    abort.abort(new Error('enough'));
    await expect(aborted.plainTables([db], now)).rejects.toThrow('enough');
  });

  it('asks about each of a few tables by itself', async () => {
    const from = source('diff');
    const [after, until] = [await pin(from), await pin(from)];
    const sent = await statementsOf(() => from.changedTables([at(0), at(1), at(2)], { after, until }));
    expect([sums(sent).length, diffs(sent).length]).toEqual([0, 3]);
  });

  it.each(['auto', 'compare'] as const)(
    `finds exactly the tables that have changed, read by %s (seed ${SEED})`,
    async (reader) => {
      const random = seededRandom(SEED);
      const pick = (below: number): number => Math.floor(random() * below);
      const tables = all(TABLES);
      let from = source(reader);
      let after = await pin(from);
      let before = await contents(after);
      let found = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        for (let writes = pick(WRITES); writes > 0; writes -= 1) await write(pick(TABLES), pick);
        if (servers.real && pick(2) === 0) await client.run(`select mo_ctl('dn', 'flush', '${db}.t${pick(TABLES)}')`);
        if (servers.real && pick(10) === 0) await client.run(`select mo_ctl('dn', 'checkpoint', '')`);
        // A worker that takes over remembers nothing.
        if (pick(3) === 0) from = source(reader);
        const until = await pin(from);
        const now = await contents(until);
        const expected = tables.map(tableKey).filter((key) => before.get(key) !== now.get(key));
        const changed = await from.changedTables(tables, { after, until });
        expect([...changed].sort(), `round ${round}`).toEqual(expected.sort());
        found += expected.length;
        await from.dropPin(after.name);
        [after, before] = [until, now];
      }
      expect(found).toBeGreaterThan(0);
    },
    3_600_000,
  );

  /** Most leave the number of rows as it is; some leave everything as it was. */
  async function write(i: number, pick: (below: number) => number): Promise<void> {
    const id = pick(ROWS * 2);
    const writes = [
      [`update t${i} set v = v + 1 where id = ${id}`],
      [`update t${i} set v = v where id = ${id}`],
      [`update t${i} set v = v + 1`],
      [`delete from t${i} where id = ${id}`, `insert into t${i} values (${id}, ${pick(3)})`],
      [`delete from t${i} where id = ${id}`],
      [`insert into t${i} values (${id + 100 * pick(100_000)}, 7) on duplicate key update v = v + 1`],
      ['begin', `update t${i} set v = v + 1`, 'rollback'],
      ['begin', `update t${i} set v = 1 - v`, `update t${i} set v = 1 - v`, 'commit'],
      ['begin', `update t${i} set v = 3`, `update t${pick(TABLES)} set v = 4`, 'commit'],
    ];
    await client.run(...(writes[pick(writes.length)] ?? []));
  }

  async function contents(pin: Pin): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const table of all(TABLES)) {
      const rows = await client.sorted(`select id, v from ${db}.${table.table}{snapshot = '${pin.name}'}`);
      found.set(tableKey(table), rows.join('\n'));
    }
    return found;
  }
});

describe('a poll over many tables', () => {
  it('tells of a change in any of them, and begins with those that changed last', async () => {
    const from = source('diff');
    const tables = all(TABLES).filter((_, i) => i % 4 !== 3 && i % 5 !== 4);
    const last = tables.at(-1) ?? at(0);
    const since = await pin(from);
    expect(await from.changedSince(tables, since)).toBe(false);
    await client.run(`update ${last.table} set v = v + 1`);
    await expect.poll(() => from.changedSince(tables, since), { timeout: 10_000 }).toBe(true);
    const again = await statementsOf(async () => {
      expect(await from.changedSince(tables, since)).toBe(true);
    });
    expect(sums(again)[0]).toContain(`\`${last.table}\``);
    expect(diffs(again)).toHaveLength(1);
  });

  it('rests three times as long as a look took that has found nothing', async () => {
    const from = source('diff');
    const tables = all(TABLES).filter((_, i) => i % 4 !== 3 && i % 5 !== 4);
    const since = await pin(from);
    const now = vi.spyOn(Date, 'now');
    try {
      let time = 1_000_000;
      now.mockImplementation(() => time);
      const query = vi.spyOn(Connection.prototype, 'query').mockImplementationOnce(async function (
        this: Connection,
        sql,
      ) {
        time += 100;
        query.mockRestore();
        return await this.query(sql);
      });
      expect(await from.changedSince(tables, since)).toBe(false);
      time += 299;
      expect(await statementsOf(() => from.changedSince(tables, since))).toEqual([]);
      time += 1;
      expect(await statementsOf(() => from.changedSince(tables, since))).not.toEqual([]);
    } finally {
      now.mockRestore();
    }
  });

  it('takes a table that is gone for changed', async () => {
    const from = source('diff');
    await client.run(`create table ${db}.passing (id int primary key)`);
    const since = await pin(from);
    const tables = [...all(TABLES), { database: db, table: 'passing' }];
    await client.run(`drop table ${db}.passing`);
    expect(await from.changedSince(tables, since)).toBe(true);
  });
});
