import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Sink } from '../../../lib/replication/endpoints/sink.ts';
import { batches, open, put, row, step, SinkWorld } from '../../contracts/sink-world.ts';
import { sinkFixture } from '../../support/database-sinks.ts';
import { declaredSchema } from '../../support/declared/declared-table.ts';

/** Hosts of databases set these for everybody: no table is to be without a key. */
const DEMANDS = ['sql_require_primary_key', 'innodb_force_primary_key'];
const HIDDEN = 'sql_generate_invisible_primary_key';
const MANY = 2_500;

const world = new SinkWorld(() => sinkFixture('mysql'));
let known: string[];
beforeAll(async () => {
  await world.start();
  const names = [...DEMANDS, HIDDEN].map((name) => `'${name}'`).join();
  const found = await world.fixture.client.query(`show global variables where variable_name in (${names})`);
  known = found.map(([name]) => name?.toString() ?? '');
});
afterEach(async () => {
  await world.closeSinks();
  for (const name of known) await world.fixture.client.run(`set global ${name} = 0`);
});
afterAll(() => world.stop());

const tableOf = (columns: string, table = `t_${randomBytes(4).toString('hex')}`) => {
  const name = { database: world.database, table };
  const rules = { changeReader: 'auto', withoutKey: 'replace' } as const;
  return { name, schema: declaredSchema(name, '1', `CREATE TABLE \`${table}\` (\n  ${columns}\n)`, rules) };
};
const COLUMNS = '`id` int DEFAULT NULL,\n  `v` varchar(50) DEFAULT NULL';
const KEYED = '`id` int NOT NULL,\n  `v` varchar(50) DEFAULT NULL,\n  PRIMARY KEY (`id`)';

describe('a sink that takes no table without a key', () => {
  let sink: Sink;
  beforeEach(async () => {
    const demand = known.find((name) => DEMANDS.includes(name));
    await world.fixture.client.run(`set global ${demand} = 1`);
    sink = await world.newTask();
  });

  it('can be used, for large windows as well', async () => {
    const t = world.simple();
    expect(await sink.check([t], 'refuse')).toEqual([]);
    await sink.createTable(t);
    const rows = Array.from({ length: MANY }, (_, i) => put(i, `v${i}`, i));
    await world.apply(sink, t, step(1, 0), ...rows);
    await world.apply(sink, t, step(2, 0), ...rows.map((_, i) => put(i, 'other', MANY - i)));
    expect(await world.contents(t)).toEqual(rows.map((_, i) => `${i}|other|${MANY - i}`).sort());
  });

  it('has a table without one refused as one that it cannot have', async () => {
    await expect(sink.createTable(tableOf(COLUMNS))).rejects.toMatchObject({ code: 'SINK_TABLE_UNSUPPORTED' });
    const keyed = tableOf(KEYED);
    await sink.createTable(keyed);
    const without = tableOf(COLUMNS, keyed.name.table);
    const altered = await sink.alterTable(without, keyed.schema, 'all').then(
      () => 'altered',
      (error: unknown) => (error as { code?: string }).code,
    );
    // MariaDB 11.8 demands a key of new tables alone.
    expect(['SINK_TABLE_UNSUPPORTED', 'altered']).toContain(altered);
  });
});

describe('a sink that gives a table without a key a hidden one', () => {
  const hides = async (): Promise<Sink | undefined> => {
    if (!known.includes(HIDDEN)) return undefined;
    await world.fixture.client.run(`set global ${HIDDEN} = 1`);
    return world.newTask();
  };

  it('takes it for one without, and gives it up for a key of the source', async ({ skip }) => {
    const sink = (await hides()) ?? skip('Only MySQL does that.');
    const t = tableOf(COLUMNS);
    expect(await sink.check([t], 'refuse')).toEqual([]);
    await sink.createTable(t);
    await sink.createTable(t);
    await sink.planLoad(t, 1, { ranges: [open] }, 'refuse');
    const [chunk] = (await sink.chunks(t, 1)) ?? [];
    if (chunk !== undefined) await sink.loadChunk(t, 1, chunk, batches([row(1, 'a'), row(1, 'a')]));
    await world.apply(sink, t, step(1, 0), ...Array.from({ length: MANY }, () => put(1, 'a')));
    expect(await world.contents(t)).toEqual(Array.from({ length: MANY }, () => '1|a'));

    const keyed = tableOf(KEYED, t.name.table);
    await sink.alterTable(keyed, t.schema, 'all');
    await world.apply(sink, keyed, step(2, 0), put(1, 'b'), put(2, 'c'));
    await world.apply(sink, keyed, step(3, 0), put(2, 'd'));
    expect(await world.contents(keyed)).toEqual(['1|b', '2|d']);
  });
});
