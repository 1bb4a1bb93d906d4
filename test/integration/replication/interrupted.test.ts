import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gate } from '../../support/gate.ts';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

const LEASE_RUNS_OUT = 31_000;
const ROWS = 200_000;

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

/** The process dies after the call of this name has succeeded so many times; nothing it tries later gets out. */
function killAfter(name: string, times: number): Gate {
  let left = times;
  return async (call, when) => {
    await Promise.resolve();
    if (left === 0) throw new Error('The process is dead.');
    if (call === name && when === 'after') left -= 1;
    if (left === 0) throw new Error('The process is killed.');
  };
}

/** Runs a worker that is killed, and lets its lease run out. */
async function runAndKill(world: LiveWorld, gate: Gate): Promise<void> {
  await world.run(gate).catch(() => undefined);
  world.clock.jump(LEASE_RUNS_OUT);
}

/** Values for `insert into t (id, v)`, a few thousand rows a statement. */
async function fill(world: LiveWorld, table: string, from: number, to: number): Promise<void> {
  for (let start = from; start <= to; start += 5_000) {
    const ids = Array.from({ length: Math.min(5_000, to - start + 1) }, (_, index) => start + index);
    await world.source.run(`insert into ${table} values ${ids.map((id) => `(${id}, 'value ${id}')`).join(',')}`);
  }
}

describe.each(['matrixone', 'mysql'] as const)('a worker that dies, with a %s sink,', (sinkType) => {
  const definitions = ['create table t (id int primary key, v varchar(40))'];

  it('between two transactions of a window leaves no row that the source has deleted meanwhile', async () => {
    const world = new LiveWorld(servers, sinkType);
    await world.open(['t'], definitions, { mode: 'tick', transactionRows: 2 });
    await world.run();
    await world.source.run(`insert into t values (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e'), (6, 'f')`);

    await runAndKill(world, killAfter('sink.batch.commit', 1));
    const inserted = await world.sink.sorted(`select id from ${world.to}.t_copy`);
    expect(inserted.length).toBeGreaterThan(0);
    expect(inserted.length).toBeLessThan(6);
    await world.source.run(`delete from t where id = ${inserted[0]}`);

    expect((await world.run()).outcome).toBe('stopped');
    await world.run();
    const { source, sink } = await world.sides('t');
    expect(sink).toEqual(source);
    expect(sink).toHaveLength(5);
    await world.close();
  });

  it('three times in a load goes on from the last chunk, and no row is there twice', async () => {
    const world = new LiveWorld(servers, sinkType);
    await world.open(['t'], definitions, { mode: 'tick', chunkRows: 20_000 });
    await fill(world, 't', 1, ROWS);
    const done: number[] = [];
    for (let kill = 0; kill < 3; kill += 1) {
      await runAndKill(world, killAfter('sink.loadChunk', 2));
      done.push(await world.sink.number(`select count(*) from ${world.to}.t_copy`));
    }
    // Each worker added its chunks to those of the ones before, and none began anew.
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(new Set(done).size).toBe(3);
    expect(done[2]).toBeLessThan(ROWS);

    const { rowsLoaded } = await world.run();
    expect(rowsLoaded).toBe(ROWS - (done[2] ?? 0));
    const sums = 'select count(*), count(distinct id), sum(id), sum(length(v)) from';
    expect(await world.sink.sorted(`${sums} ${world.to}.t_copy`)).toEqual(await world.source.sorted(`${sums} t`));
    await world.close();
  });

  it('and wakes up after its lease has run out changes nothing in the sink', async () => {
    const world = new LiveWorld(servers, sinkType);
    await world.open(['t'], definitions, { mode: 'tick' });
    await world.run();
    await world.source.run(`insert into t values (1, 'a'), (2, 'b')`);

    const frozen = Promise.withResolvers<undefined>();
    const thaw = Promise.withResolvers<undefined>();
    const zombie = world.run(async (call, when) => {
      if (call !== 'sink.batch.commit' || when !== 'before') return;
      frozen.resolve(undefined);
      await thaw.promise;
    });
    await frozen.promise;
    world.clock.jump(LEASE_RUNS_OUT);
    await world.source.run('delete from t where id = 1', `update t set v = 'newer' where id = 2`);
    await world.run();
    await world.run();
    const before = await world.sides('t');
    expect(before.sink).toEqual(['2|newer']);

    thaw.resolve(undefined);
    expect((await zombie).outcome).toBe('superseded');
    expect(await world.sides('t')).toEqual(before);
    await world.close();
  });
});
