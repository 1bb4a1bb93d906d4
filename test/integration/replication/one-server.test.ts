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

it('a table is not mapped to itself by another name of its server', async () => {
  const world = new LiveWorld(servers, 'matrixone');
  await world.open(['t'], ['create table t (id int primary key)']);
  const spec = (await world.store.get('t'))?.spec;
  if (spec === undefined) throw new Error('The task is gone.');
  const { signal } = new AbortController();
  const foundFor = async (sinkUri: string, table: string): Promise<string[]> => {
    const tables = [{ source: { database: world.from, table: 't' }, sink: { database: world.from, table } }];
    const options = { ...spec.options, existingRows: 'replace' } as const;
    const checked = await preflight(
      databaseConnectors,
      { ...spec, sinkUri, tables, options },
      { taskId: newTaskId(Date.now()), pinId: newTaskId(Date.now()) },
      signal,
    );
    return checked.complaints.map(({ code, found }) => `${code}: ${found}`);
  };
  const other = world.sourceUri.replace('127.0.0.1', 'localhost');
  expect(other).not.toBe(world.sourceUri);
  expect(await foundFor(other, 't')).toEqual([
    `MAPPING_INVALID: Source and sink are one server, and ${world.from}.t is mapped to itself.`,
  ]);
  expect(await foundFor(other, 'u')).toEqual([]);
  expect(await foundFor(spec.sinkUri, 't')).toEqual([]);
  await world.close();
});
