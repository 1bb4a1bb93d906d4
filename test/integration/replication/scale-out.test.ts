import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoaderReport } from '../../../lib/replication/load/loader.ts';
import type { Gate } from '../../support/gate.ts';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { readTableKey } from '../../../lib/task/task.ts';

const LEASE_RUNS_OUT = 31_000;
const ROWS = 40_000;
const SMALL = 12;

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

async function fill(world: LiveWorld): Promise<void> {
  for (let start = 1; start <= ROWS; start += 5_000) {
    const ids = Array.from({ length: 5_000 }, (_, index) => start + index);
    await world.source.run(`insert into t values ${ids.map((id) => `(${id}, 'value ${id}')`).join(',')}`);
  }
  for (let table = 0; table < SMALL; table += 1) {
    await world.source.run(`create table s${table} (id int primary key)`, `insert into s${table} values (1), (2)`);
  }
}

describe.each(['matrixone', 'mysql'] as const)('a load by several workers, with a %s sink,', (sinkType) => {
  const open = async (loadWorkers: number): Promise<LiveWorld> => {
    const world = new LiveWorld(servers, sinkType);
    const databases = [{ source: world.from, sink: world.to }];
    const options = { mode: 'tick', chunkRows: 500, loadWorkers } as const;
    await world.open([], ['create table t (id int primary key, v varchar(40))'], options, {
      level: 'database',
      tables: [],
      databases,
    });
    await fill(world);
    return world;
  };
  const expectSame = async (world: LiveWorld): Promise<void> => {
    const sums = 'select count(*), count(distinct id), sum(id), sum(length(v)) from';
    expect(await world.sink.sorted(`${sums} ${world.to}.t`)).toEqual(await world.source.sorted(`${sums} t`));
    for (let table = 0; table < SMALL; table += 1) {
      expect(await world.sink.sorted(`select * from ${world.to}.s${table}`)).toEqual(['1', '2']);
    }
  };

  it('brings each row over once, and every worker its part', async () => {
    const world = await open(3);
    const loaders: Promise<LoaderReport>[] = [];
    world.ordered = (order) => {
      // Delivered twice: one of the two finds the place taken.
      loaders.push(world.load(order), world.load(order));
    };
    const report = await world.run();
    const reports = await Promise.all(loaders);
    expect(reports.filter(({ outcome }) => outcome === 'taken')).toHaveLength(2);
    const parts = reports.filter(({ chunks }) => chunks > 0);
    expect(parts).toHaveLength(2);
    const rows = ROWS + 2 * SMALL;
    expect(parts.reduce((sum, part) => sum + part.rows, report.rowsLoaded)).toBe(rows);
    const { phase, rowsLoaded, tables } = await world.progress();
    expect({ phase, rowsLoaded }).toEqual({ phase: 'window', rowsLoaded: rows });
    expect(tables[readTableKey(`${world.from}.t`)]).toMatchObject({ rows: ROWS, total: ROWS });
    await expectSame(world);
    await world.close();
  });

  it('goes on where a killed worker and a killed loader were, and is safe from one that was frozen', async () => {
    const world = await open(4);
    const loaders: Promise<unknown>[] = [];
    const thaw = Promise.withResolvers<undefined>();
    const asleep = Promise.withResolvers<undefined>();
    let frozen = false;
    const faults: readonly Gate[] = [
      async (call, when) => {
        frozen ||= call === 'sink.loadChunk' && when === 'before';
        if (frozen) asleep.resolve(undefined);
        if (frozen) await thaw.promise;
      },
      dyingAfter(5),
      dyingAfter(5),
    ];
    world.ordered = (order) => {
      loaders.push(world.load(order, faults[loaders.length]).catch(() => undefined));
    };
    await world.run(dyingAfter(12, () => loaders.length === 3)).catch(() => undefined);
    await Promise.all([asleep.promise, ...loaders.slice(1)]);
    const before = await world.sink.number(`select count(*) from ${world.to}.t`);
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(ROWS);
    world.clock.jump(LEASE_RUNS_OUT);
    await world.run();
    await expectSame(world);
    thaw.resolve(undefined);
    await Promise.all(loaders);
    await expectSame(world);
    await world.close();
  });
});

/** The process dies after so many chunks, which count from some moment on; nothing it tries later gets out. */
function dyingAfter(chunks: number, counts = () => true): Gate {
  let left = chunks;
  return async (call, when) => {
    await Promise.resolve();
    if (left === 0) throw new Error('The process is dead.');
    if (call === 'sink.loadChunk' && when === 'after' && counts()) left -= 1;
  };
}
