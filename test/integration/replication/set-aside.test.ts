import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { readTableKey } from '../../../lib/task/task.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

const TABLE = '(id int primary key, v varchar(40), n int)';

/** What keeps the sink table of `bad` from taking changes, and what mends it. */
const OBSTACLES: Record<string, { block: (table: string) => string[]; mend: (table: string) => string[] }> = {
  'lacks a column': {
    block: (table) => [`alter table ${table} drop column n`],
    mend: (table) => [`alter table ${table} add column n int`],
  },
  'takes only short values': {
    block: (table) => [`alter table ${table} modify column v varchar(3)`],
    mend: (table) => [`alter table ${table} modify column v varchar(40)`],
  },
};

describe.each(['matrixone', 'mysql'] as const)('a table whose %s sink table', (sinkType) => {
  it.each(Object.keys(OBSTACLES))('%s is set aside while others go on, and comes back by a resync', async (name) => {
    const world = new LiveWorld(servers, sinkType);
    await world.open(
      ['good', 'bad', 'large'],
      ['good', 'bad', 'large'].map((table) => `create table ${table} ${TABLE}`),
      { mode: 'tick', tableErrors: 'ignore' },
    );
    await world.source.run(`insert into bad values (1, 'a', 1), (2, 'b', 2)`, `insert into good values (1, 'a', 1)`);
    await world.run();
    const bad = `${world.to}.bad_copy`;
    await world.sink.run(...(OBSTACLES[name]?.block(bad) ?? []));
    // So many that the batch goes through staging tables.
    const many = Array.from({ length: 3_000 }, (_, i) => `(${i + 10}, 'value', ${i})`).join(',');
    await world.source.run(
      `insert into bad values (3, 'longer', 3)`,
      `update bad set n = 9 where id = 1`,
      `insert into good values (2, 'b', 2)`,
      `insert into large values ${many}`,
    );
    await world.run();
    const { aside, pending } = await world.progress();
    expect(pending).toBeUndefined();
    expect(Object.keys(aside)).toEqual([`${world.from}.bad`]);
    for (const table of ['good', 'large']) {
      const { source, sink } = await world.sides(table);
      expect(sink, table).toEqual(source);
    }

    await world.source.run(`delete from bad where id = 2`, `insert into good values (3, 'c', 3)`);
    await world.run();
    await world.sink.run(...(OBSTACLES[name]?.mend(bad) ?? []));
    await world.store.check('t', 'resync', [readTableKey(`${world.from}.bad`)]);
    await world.run();
    expect((await world.progress()).aside).toEqual({});
    await world.source.run(`insert into bad values (4, 'followed again', 4)`);
    await world.run();
    for (const table of ['good', 'bad', 'large']) {
      const { source, sink } = await world.sides(table);
      expect(sink, table).toEqual(source);
    }
    await world.close();
  });
});

describe.each(['matrixone', 'mysql'] as const)('a task with a %s sink whose snapshot somebody dropped', (sinkType) => {
  it('is repaired by a resync, and its sink is never empty', async () => {
    const world = new LiveWorld(servers, sinkType);
    await world.open(['t'], [`create table t ${TABLE}`], { mode: 'tick' });
    const rows = Array.from({ length: 2_000 }, (_, i) => `(${i}, 'value', ${i})`).join(',');
    await world.source.run(`insert into t values ${rows}`);
    await world.run();
    const { checkpoint } = await world.progress();
    await world.source.run(
      `drop snapshot ${checkpoint?.name ?? ''}`,
      'delete from t where id < 100',
      'update t set n = n + 1 where id % 7 = 0',
      `insert into t values (5000, 'new', 1)`,
    );
    expect((await world.run()).outcome).toBe('failed');
    expect((await world.store.get('t'))?.error?.code).toBe('HISTORY_LOST');
    await world.store.check('t', 'resync', undefined);
    await world.store.setDesired('t', 'running');
    let least = Number.POSITIVE_INFINITY;
    await world.run(async (call, when) => {
      if (!call.startsWith('sink.') || when !== 'after') return;
      least = Math.min(least, await world.sink.number(`select count(*) from ${world.to}.t_copy`));
    });
    expect(least).toBeGreaterThanOrEqual(1_900);
    const { source, sink } = await world.sides('t');
    expect(sink).toEqual(source);
    await world.close();
  });
});
