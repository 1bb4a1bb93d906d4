import { afterAll, beforeAll, expect, it } from 'vitest';
import { databaseConnectors } from '../../../lib/connectors.ts';
import { preflight } from '../../../lib/commands/preflight.ts';
import { newTaskId } from '../../../lib/task/task-name.ts';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

it.each(['matrixone', 'mysql'] as const)(
  'a sink table of another task is refused at create, whichever deployment that is of: %s',
  async (type) => {
    const world = new LiveWorld(servers, type);
    await world.open(['t'], ['create table t (id int primary key)', 'create table u (id int primary key)'], {
      mode: 'tick',
    });
    await world.run();
    const record = await world.store.get('t');
    if (record === undefined) throw new Error('The task is gone.');
    const { spec, id } = record;
    const complaintsAbout = async (table: string, taskId = newTaskId(Date.now())): Promise<string[]> => {
      const tables = [{ source: { database: world.from, table: 'u' }, sink: { database: world.to, table } }];
      const wanted = { ...spec, tables, options: { ...spec.options, existingRows: 'replace' } } as const;
      const ids = { taskId, pinId: newTaskId(Date.now()) };
      const { complaints } = await preflight(databaseConnectors, wanted, ids, new AbortController().signal);
      return complaints.map(({ code, found }) => `${code}: ${found}`);
    };
    expect(await complaintsAbout('t_copy')).toEqual([
      `SINK_TABLE_TAKEN: Another task, whose id is ${id}, writes to the sink table ${world.to}.t_copy.`,
    ]);
    expect(await complaintsAbout('u_copy')).toEqual([]);
    expect(await complaintsAbout('t_copy', id)).toEqual([]);
    await world.store.drop('t');
    await world.run();
    expect(await complaintsAbout('t_copy')).toEqual([]);
    await world.close();
  },
);
