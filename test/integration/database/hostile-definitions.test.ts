import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableSchema } from '../../../lib/matrixone/definition/read-table.ts';
import { quoteTable } from '../../../lib/sql/identifier.ts';
import type { Sink } from '../../../lib/replication/endpoints/sink.ts';
import type { SinkTable } from '../../../lib/replication/endpoints/sink-tables.ts';
import type { TableDefinition } from '../../../lib/data/table-definition.ts';
import { SinkWorld } from '../../contracts/sink-world.ts';
import { sinkFixture } from '../../support/database-sinks.ts';
import { hostileDefinition } from '../../support/hostile-definitions.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_129);
/** By hand 10,000: DEFINITIONS=10000. */
const DEFINITIONS = Number(process.env['DEFINITIONS'] ?? 150);

/** The first table with the texts of the second: another comment, another default of each column, and one more column. */
function changed(first: TableDefinition, second: TableDefinition): TableDefinition {
  const texts = second.columns.at(-1);
  const names = new Set(first.columns.map(({ name }) => name.toLowerCase().normalize('NFKD')));
  const more = second.columns.filter(({ name }) => !names.has(name.toLowerCase().normalize('NFKD'))).slice(0, 1);
  const columns = first.columns.map((column, at) =>
    at === 0 || texts?.comment === undefined ? column : { ...column, comment: texts.comment },
  );
  return {
    ...first,
    ...(second.comment === undefined ? {} : { comment: second.comment }),
    columns: [...columns, ...more],
  };
}

describe.each(['matrixone', 'mysql'] as const)(`tables whose texts and names would be SQL (seed ${SEED})`, (type) => {
  const world = new SinkWorld(() => sinkFixture(type));
  const canary = `${world.database}_canary`;
  const counted = { made: 0, altered: 0, refused: 0 };

  beforeAll(async () => {
    await world.start();
    await world.fixture.client.run(
      `create database ${world.database}`,
      ...[`create database ${canary}`, `create table ${canary}.canary (id int primary key, v varchar(20))`],
      `insert into ${canary}.canary values (1, 'untouched')`,
    );
  });
  afterAll(async () => {
    await world.fixture.client.run(`drop database if exists ${canary}`);
    await world.closeSinks();
    await world.stop();
  });

  const databases = (): Promise<string[]> =>
    world.fixture.client.sorted(
      `select schema_name from information_schema.schemata where schema_name like '%${world.database.slice(-8)}%' or schema_name in ('canary', 'payroll')`,
    );

  it(
    `are made and altered at a ${type} sink, and nothing else is touched`,
    async () => {
      let sink = await world.newTask();
      const before = await databases();
      const pairs = fc.sample(fc.tuple(hostileDefinition, hostileDefinition), { numRuns: DEFINITIONS, seed: SEED });
      for (const [at, [first, second]] of pairs.entries()) {
        const done = await tryBoth(sink, { database: world.database, table: `t${at}` }, first, changed(first, second));
        // A worker begins anew after an error, too.
        if (!done) sink = await world.newTask();
      }
      expect(counted.made).toBeGreaterThan(DEFINITIONS / 4);
      // MatrixOne itself fails to alter most of them.
      expect(counted.altered).toBeGreaterThan(0);
      expect(await databases()).toEqual(before);
      expect(await world.fixture.client.sorted(`select * from ${canary}.canary`)).toEqual(['1|untouched']);
      const tables = await world.fixture.client.sorted(
        `select table_name from information_schema.tables where table_schema = '${world.database}'`,
      );
      expect(tables.filter((name) => !/^t\d+$/u.test(name))).toEqual([]);
    },
    DEFINITIONS * 1_000,
  );

  async function tryBoth(sink: Sink, name: SinkTable['name'], first: TableDefinition, second: TableDefinition) {
    try {
      const table = { name, schema: tableSchema(name, '1', first) };
      await sink.createTable(table);
      counted.made += 1;
      await expectComments(name, first);
      const next = { name, schema: tableSchema(name, '2', second) };
      await sink.alterTable(next, table.schema, 'all');
      await sink.finishTable(next, table.schema);
      counted.altered += 1;
      return true;
    } catch (error) {
      // What a server cannot have, such as a default that does not fit its column, is an error of this table.
      counted.refused += 1;
      expect(error).toMatchObject({ code: expect.stringMatching(/^(?:SINK|TABLE|TYPE)_/u) as string });
      return false;
    } finally {
      await world.fixture.client.run(`drop table if exists ${quoteTable(name)}`);
    }
  }

  /** A comment arrives as it is, or not at all where the sink says so. */
  async function expectComments({ database, table }: SinkTable['name'], { columns }: TableDefinition): Promise<void> {
    const rows = await world.fixture.client.sorted(
      `select hex(column_name), hex(column_comment) from information_schema.columns
       where table_schema = '${database}' and table_name = '${table}' and column_comment <> ''`,
    );
    const found = new Map(rows.map((row) => row.split('|')).map(([name = '', text = '']) => [name, text] as const));
    for (const { name, comment = '' } of columns) {
      const text = found.get(Buffer.from(name).toString('hex').toUpperCase()) ?? '';
      if (text === '') continue;
      const kept = Buffer.from(text, 'hex').toString('utf8');
      // MatrixOne keeps quotes in comments doubled, MariaDB has question marks for characters of four bytes.
      const plain = (one: string): string => one.replaceAll(/[\u{10000}-\u{10ffff}]/gu, '?');
      expect([comment, comment.replaceAll("'", "''")].map(plain)).toContain(plain(kept));
    }
  }
});
