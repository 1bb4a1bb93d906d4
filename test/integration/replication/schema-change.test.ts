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

const CHANGES: Record<string, string[]> = {
  truncated: ['truncate table t', `insert into t values (2, 'again', 0)`],
  'dropped and created anew': [
    'drop table t',
    'create table t (id int primary key, v varchar(40), n int)',
    `insert into t values (2, 'again', 0)`,
  ],
  'swapped for another': [
    'create table u (id int primary key, v varchar(40), n int)',
    `insert into u values (2, 'other', 0)`,
    'rename table t to gone',
    'rename table u to t',
  ],
  'given a column': ['alter table t add column extra int default 7', 'insert into t values (9, null, 0, 1)'],
  'deprived of a column': ['alter table t drop column n', `insert into t values (9, 'more')`],
  'given another type': ['alter table t modify column n bigint', `insert into t values (9, 'more', 5)`],
  dropped: ['drop table t'],
};

describe('a source table that is', () => {
  it.each(Object.keys(CHANGES))('%s stops the task with an error, and the sink keeps what it has', async (change) => {
    const world = new LiveWorld(servers, 'matrixone');
    await world.open(['t'], ['create table t (id int primary key, v varchar(40), n int)'], { mode: 'tick' });
    await world.source.run(`insert into t values (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)`);
    await world.run();
    const before = await world.sink.sorted(`select * from ${world.to}.t_copy`);
    expect(before).toHaveLength(3);

    await world.source.run(...(CHANGES[change] ?? []));
    expect((await world.run()).outcome).toBe('failed');
    const { error, progress } = (await world.store.get('t')) ?? {};
    expect(['SCHEMA_CHANGED', 'SOURCE_TABLE_MISSING']).toContain(error?.code);
    expect(progress?.window).toBe(0);
    expect(await world.sink.sorted(`select * from ${world.to}.t_copy`)).toEqual(before);
    await world.close();
  });
});
