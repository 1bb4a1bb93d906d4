import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

const rows = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, i) => `(${from + i}, 'v${from + i}')`).join(', ');

describe.each(['matrixone', 'mysql'] as const)('a table that is dropped at a %s sink', (sinkType) => {
  it.each([
    ['few changes', 3],
    ['many', 5_000],
  ])('is made anew and has all of its rows: %s', async (_, count) => {
    const world = new LiveWorld(servers, sinkType);
    const definitions = ['t', 'u'].map((name) => `create table ${name} (id int primary key, v varchar(20) unique)`);
    await world.open(['t', 'u'], definitions, { mode: 'tick', chunkRows: 300 });
    await world.source.run(`insert into t values ${rows(1_000)}`, `insert into u values ${rows(10)}`);
    await world.run();
    await world.sink.run(`drop table ${world.to}.t_copy`);
    await world.source.run(
      `insert into t values ${rows(count, 2_000)}`,
      'delete from t where id < 5',
      `update u set v = concat(v, '!')`,
    );
    await world.run();
    expect((await world.store.get('t'))?.error).toBeUndefined();
    for (const table of ['t', 'u']) {
      const { source, sink } = await world.sides(table);
      expect(sink).toEqual(source);
    }
    await world.close();
  });
});
