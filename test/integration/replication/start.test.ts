import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

const suffix = (): string => randomBytes(4).toString('hex');
const { signal } = new AbortController();

describe.each(['matrixone', 'mysql'] as const)('a task with a start in the past and a %s sink', (sinkType) => {
  async function begin(hold: (world: LiveWorld) => Promise<void>): Promise<LiveWorld> {
    const world = new LiveWorld(servers, sinkType);
    await world.source.run(
      `create database ${world.from}`,
      `use ${world.from}`,
      `create table t (id int primary key, v varchar(20), s set('A', 'b'))`,
      `insert into t values (1, 'a', 'A'), (2, 'b', 'b'), (3, 'c', null)`,
    );
    await hold(world);
    await sleep(1_100);
    const startTs = new Date().toISOString();
    await sleep(1_100);
    await world.source.run(
      `update t set v = 'changed', s = 'A,b' where id = 1`,
      'delete from t where id = 2',
      `insert into t values (4, 'd', 'b')`,
    );
    await world.sink.run(
      `create database ${world.to}`,
      `create table ${world.to}.t_copy (id int primary key, v varchar(20), s set('A', 'b'))`,
      `insert into ${world.to}.t_copy values (1, 'a', 'A'), (2, 'b', 'b'), (3, 'c', null), (99, 'own', null)`,
    );
    await world.open(['t'], [], { mode: 'tick', startTs });
    return world;
  }

  async function expectApplied(world: LiveWorld): Promise<void> {
    expect((await world.run()).outcome).toBe('stopped');
    await world.source.run(`insert into t values (5, 'e', null)`);
    await world.run();
    await world.progress();
    const { source, sink } = await world.sides('t');
    expect(sink).toEqual([...source, '99|own|NULL'].sort());
    expect((await world.progress()).rowsLoaded).toBe(0);
  }

  it('applies what has changed since a snapshot', async () => {
    const snapshot = `held_${suffix()}`;
    const world = await begin(async ({ source, from }) => {
      await source.run(`create snapshot ${snapshot} for database ${from}`);
    });
    await expectApplied(world);
    await world.source.run(`drop snapshot ${snapshot}`);
    await world.close();
  });

  it('applies what has changed since a time that a PITR holds', async () => {
    const [pitr, snapshot] = [`held_${suffix()}`, `mo_cdc_other_${suffix()}`];
    const world = await begin(async ({ source, from }) => {
      await source.run(`create pitr ${pitr} for database ${from} range 1 'h'`);
      // Not for the task: for the emulator, which knows no more of a time than the last snapshot before it.
      await source.run(`create snapshot ${snapshot} for database ${from}`);
    });
    await expectApplied(world);
    await world.source.run(`drop pitr ${pitr}`, `drop snapshot ${snapshot}`);
    await world.close();
  });

  it('is refused when neither reaches back to it', async () => {
    const pitr = `held_${suffix()}`;
    const world = await begin(() => Promise.resolve());
    await world.source.run(`create pitr ${pitr} for database ${world.from} range 1 'h'`);
    const spec = (await world.store.get('t'))?.spec;
    if (spec === undefined) throw new Error('The task is gone.');
    const id = newTaskId(Date.now());
    const { complaints } = await preflight(databaseConnectors, spec, { taskId: id, pinId: id }, signal);
    expect(complaints).toMatchObject([{ code: 'START_NOT_COVERED', setting: 'options.startTs' }]);
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.store.get('t'))?.error?.code).toBe('START_NOT_COVERED');
    await world.source.run(`drop pitr ${pitr}`);
    await world.close();
  });
});
