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

describe.each(['matrixone', 'mysql'] as const)('a window with a %s sink', (sinkType) => {
  it('has every change of an array in JSON, which data branch diff of MatrixOne 4.2.0 does not see', async () => {
    const world = new LiveWorld(servers, sinkType);
    await world.open(['t'], ['create table t (id int primary key, j json)'], { mode: 'tick' });
    await world.source.run(`insert into t values (1, '[]'), (2, '{"tags": [], "n": 1}'), (3, '[[]]'), (4, '[1]')`);
    await world.run();
    await world.source.run(
      `update t set j = '[1]' where id = 1`,
      `update t set j = '{"tags": ["x"], "n": 1}' where id = 2`,
      `update t set j = '[[3]]' where id = 3`,
      `update t set j = '[]' where id = 4`,
    );
    await world.run();
    await world.progress();
    const values = async (client: typeof world.source, table: string) =>
      (await client.query(`select id, j from ${table} order by id`)).map(([, j]) => JSON.parse(String(j)) as unknown);
    expect(await values(world.sink, `${world.to}.t_copy`)).toEqual([[1], { tags: ['x'], n: 1 }, [[3]], []]);
    await world.close();
  });
});
