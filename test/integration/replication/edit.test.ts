import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editedSpec, type TaskEdit } from '../../../lib/task/edit-spec.ts';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

async function edit(world: LiveWorld, change: TaskEdit): Promise<void> {
  const seen = await world.store.get('t');
  if (seen === undefined) throw new Error('The task is gone.');
  await world.store.edit(seen, editedSpec(seen.spec, change));
}

const ROWS = 3_000;
const TABLE = '(id int primary key, v varchar(20))';

describe.each(['matrixone', 'mysql'] as const)('a running task with a %s sink', (sinkType) => {
  it('takes tables in and out without touching the others, while they are written to', async () => {
    const world = new LiveWorld(servers, sinkType);
    await world.open(
      ['a', 'b'],
      ['a', 'b', 'c'].map((table) => `create table ${table} ${TABLE}`),
      { chunkRows: 500 },
    );
    const rows = Array.from({ length: ROWS }, (_, i) => `(${i}, 'v${i}')`).join(',');
    for (const table of ['a', 'b', 'c']) await world.source.run(`insert into ${table} values ${rows}`);
    const worker = world.run();
    await expect.poll(async () => (await world.progress()).phase, { timeout: 60_000 }).toBe('window');
    const loaded = (await world.progress()).rowsLoaded;

    const stopped = new AbortController();
    const writing = (async () => {
      for (let i = 0; !stopped.signal.aborted; i += 1) {
        for (const table of ['a', 'b', 'c']) {
          await world.source.run(`update ${table} set v = 'w${i}' where id = ${i % ROWS}`);
          await world.source.run(`insert into ${table} values (${10_000 + i}, 'new')`);
          await world.source.run(`delete from ${table} where id = ${i + 50}`);
        }
      }
    })();
    await edit(world, { addTables: [{ source: `${world.from}.c`, sink: `${world.to}.c_copy` }] });
    await expect.poll(async () => (await world.progress()).selection, { timeout: 60_000 }).toBe(1);
    expect((await world.progress()).rowsLoaded - loaded).toBeGreaterThanOrEqual(ROWS - 100);
    expect((await world.progress()).rowsLoaded - loaded).toBeLessThan(2 * ROWS);
    await edit(world, { removeTables: [`${world.from}.b`] });
    await expect.poll(async () => (await world.progress()).selection, { timeout: 60_000 }).toBe(2);
    const left = await world.sink.sorted(`select * from ${world.to}.b_copy`);
    stopped.abort();
    await writing;
    await world.store.setDesired('t', 'paused');
    await worker;
    await edit(world, { options: { mode: 'tick' } });
    await world.store.setDesired('t', 'running');
    await world.run();
    for (const table of ['a', 'c']) {
      const { source, sink } = await world.sides(table);
      expect(sink, table).toEqual(source);
    }
    expect(await world.sink.sorted(`select * from ${world.to}.b_copy`)).toEqual(left);

    await edit(world, { addTables: [{ source: `${world.from}.b`, sink: `${world.to}.b_copy` }] });
    await world.run();
    const { source, sink } = await world.sides('b');
    expect(sink).toEqual(source);
    await world.close();
  });
});
