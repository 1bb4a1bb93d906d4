import { afterAll, beforeAll, expect, it } from 'vitest';
import { databaseConnectors } from '../../../lib/connectors.ts';
import { preflight } from '../../../lib/commands/preflight.ts';
import { newTaskId } from '../../../lib/task/task-name.ts';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { NO_PAD } from '../../support/sink-server.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

const ROWS = "(1, 'one'), (2, 'two'), (3, 'three')";
const TABLES = ['t', 'u', 'v', 'w'];

it.each(['matrixone', 'mysql'] as const)(
  'a task takes over what another tool has copied, and repairs what differs: %s',
  async (type) => {
    const world = new LiveWorld(servers, type);
    const { from, to } = world;
    const columns = '(id int primary key, name varchar(20), unique key (name))';
    await world.open(
      TABLES,
      TABLES.flatMap((table) => [`create table ${table} ${columns}`, `insert into ${table} values ${ROWS}`]),
      { mode: 'tick', existingRows: 'compare', chunkRows: 2 },
    );
    // Without an exact collation, the unique key would be refused: its sink could not hold all of the source's values.
    const exact = type === 'mysql' ? ` character set utf8mb4 collate ${NO_PAD[servers.mysqlSink]}` : '';
    await world.sink.run(
      `create database ${to}${exact}`,
      `use ${to}`,
      ...['t', 'u'].flatMap((table) => [
        `create table ${table}_copy ${columns}`,
        `insert into ${table}_copy values ${ROWS}`,
      ]),
      `delete from u_copy where id = 2`,
      `insert into u_copy values (9, 'lost deletion')`,
      // A table that the other tool has made anew and not yet filled.
      `create table v_copy ${columns}`,
    );
    await world.source.run(
      `update ${from}.t set name = 'first' where id = 1`,
      `insert into ${from}.u values (4, 'four')`,
    );
    const spec = (await world.store.get('t'))?.spec;
    if (spec === undefined) throw new Error('The task is gone.');
    const ids = { taskId: newTaskId(Date.now()), pinId: newTaskId(Date.now()) };
    expect((await preflight(databaseConnectors, spec, ids, new AbortController().signal)).complaints).toEqual([]);
    await world.run();
    const rows = (end: 'source' | 'sink', table: string): Promise<string[]> =>
      end === 'source'
        ? world.source.sorted(`select * from ${from}.${table}`)
        : world.sink.sorted(`select * from ${to}.${table}_copy`);
    for (const table of TABLES) expect(await rows('sink', table)).toEqual(await rows('source', table));
    expect(await world.progress()).toMatchObject({ rowsLoaded: 0, window: 1 });
    await world.source.run(`delete from ${from}.t where id = 2`, `insert into ${from}.w values (5, 'five')`);
    await world.run();
    for (const table of TABLES) expect(await rows('sink', table)).toEqual(await rows('source', table));
    await world.close();
  },
);
