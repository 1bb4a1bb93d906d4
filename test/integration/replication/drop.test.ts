import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { taskView } from '../../../lib/http/view/task-view.ts';
import { pinPrefix } from '../../../lib/data/position.ts';
import type { TaskRecord } from '../../../lib/record/task-record.ts';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

const TABLE = 'create table t (id int primary key, v varchar(20))';

async function loaded(sinkType: 'matrixone' | 'mysql'): Promise<{ world: LiveWorld; task: TaskRecord }> {
  const world = new LiveWorld(servers, sinkType);
  await world.open(['t'], [TABLE], { mode: 'tick' });
  await world.source.run("insert into t values (1, 'one'), (2, 'two')");
  await world.run();
  const task = await world.store.get('t');
  if (task === undefined) throw new Error('The task is gone.');
  return { world, task };
}

const pins = ({ source }: LiveWorld, { id }: TaskRecord) =>
  source.sorted(
    `select sname from mo_catalog.mo_snapshots where sname like '${pinPrefix(id).replaceAll('_', '!_')}%' escape '!'`,
  );
const fences = ({ sink }: LiveWorld, { id }: TaskRecord) =>
  sink.number(`select count(*) from mo_cdc.fence where task_id = '${id}'`);

/** The URI of a server that nobody reaches, or that lets nobody in. */
const broken = (uri: string, how: 'port' | 'password'): string =>
  how === 'port' ? uri.replace(/:\d+(?=[/?]|$)/u, ':1') : uri.replace(/:[^:@/]*@/u, ':wrong@');

describe.each(['matrixone', 'mysql'] as const)('a forced drop with a sink of type %s', (sinkType) => {
  it.each(['port', 'password'] as const)('takes the fence away when the source is gone: wrong %s', async (how) => {
    const { world, task } = await loaded(sinkType);
    world.reached = (spec) => ({ ...spec, sourceUri: broken(spec.sourceUri, how) });
    await world.store.drop('t', true);
    expect((await world.run()).outcome).toBe('dropped');
    expect(await world.store.get('t')).toBeUndefined();
    expect(await fences(world, task)).toBe(0);
    const left = await pins(world, task);
    expect(left).toHaveLength(1);
    expect(world.logged.join()).toContain(`names begin with ${pinPrefix(task.id)}`);
    for (const name of left) await world.source.run(`drop snapshot if exists ${name}`);
    await world.close();
  });

  it.each(['port', 'password'] as const)('takes the snapshots away when the sink is gone: wrong %s', async (how) => {
    const { world, task } = await loaded(sinkType);
    world.reached = (spec) => ({ ...spec, sinkUri: broken(spec.sinkUri, how) });
    await world.store.drop('t', true);
    expect((await world.run()).outcome).toBe('dropped');
    expect(await pins(world, task)).toEqual([]);
    expect(await fences(world, task)).toBe(1);
    await world.sink.run(`delete from mo_cdc.fence where task_id = '${task.id}'`);
    await world.close();
  });
});

it('a load shows how many rows it has and how long the rest takes', async () => {
  const world = new LiveWorld(servers, 'matrixone');
  await world.open(['t', 'u'], [TABLE, TABLE.replace(' t ', ' u ')], { mode: 'tick', chunkRows: 200 });
  const values = (count: number) => Array.from({ length: count }, (_, i) => `(${i}, 'v')`).join();
  await world.source.run(`insert into t values ${values(1_000)}`, `insert into u values ${values(500)}`);
  const seen: ReturnType<typeof taskView>[] = [];
  await world.run(async (call, when) => {
    // Progress is stored once a second.
    if (call === 'sink.loadChunk' && when === 'before') await sleep(600);
    const task = call === 'store.saveProgress' && when === 'after' ? await world.store.get('t') : undefined;
    if (task !== undefined) seen.push(taskView(task, world.clock.now()));
  });
  const loading = seen.filter(({ phase, rowsLoaded }) => phase === 'load' && rowsLoaded > 0);
  expect(loading.length).toBeGreaterThan(1);
  for (const { tables, timeLeftMs, rowsLoaded } of loading) {
    expect(tables.map(({ rowsExpected }) => rowsExpected)).toEqual([1_000, 500]);
    if (rowsLoaded < 1_500) expect(timeLeftMs).toBeGreaterThan(0);
    else expect(timeLeftMs).toBe(0);
  }
  expect(seen.at(-1)?.tables.map(({ phase, rows }) => [phase, rows])).toEqual([
    ['replicating', 1_000],
    ['replicating', 500],
  ]);
  expect(seen.at(-1)?.historyPinnedMs).toBeLessThan(60_000);
  await world.close();
});
