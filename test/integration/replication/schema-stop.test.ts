import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskOptions } from '../../../lib/task/task.ts';
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
  'a new column': [`alter table t add column w varchar(9) default 'w'`, 'insert into t (id, v, n) values (9, null, 9)'],
  'a column less': ['alter table t drop column n'],
  'another name of a column': ['alter table t rename column n to m', 'update t set m = 7 where id = 1'],
  'another type': ['alter table t modify column n bigint', 'update t set n = 5000000000 where id = 1'],
  'another key': ['alter table t drop primary key', 'alter table t add primary key (id, n)'],
  'a unique index': ['update t set v = id', 'create unique index u on t (v)'],
  'an index less': ['alter table t drop index by_n'],
  'another shape': ['drop table t', 'create table t (a int primary key, b text)', `insert into t values (1, 'x')`],
  truncation: ['truncate table t', 'insert into t values (1, null, 0)'],
};

describe.each(['matrixone', 'mysql'] as const)(
  'a task that is to stop at changes of schema, with a %s sink,',
  (type) => {
    async function begin(options: Partial<TaskOptions> = {}): Promise<LiveWorld> {
      const world = new LiveWorld(servers, type);
      const definition = 'create table t (id int primary key, v varchar(40), n int not null, key by_n (n))';
      await world.open(['t'], [definition], { mode: 'tick', schemaChange: 'stop', ...options });
      await world.source.run(`insert into t values (1, 'a', 1), (2, 'b', 2)`);
      await world.run();
      return world;
    }

    /** Lets the task fail, and answers with the statements that it shows. */
    async function statements(world: LiveWorld): Promise<string[]> {
      await world.store.setDesired('t', 'running');
      expect((await world.run()).outcome).toBe('failed');
      const { error, progress } = (await world.store.get('t')) ?? {};
      expect(error?.code).toBe('SCHEMA_CHANGED');
      expect(progress?.pending).toBeUndefined();
      return (error?.message.split(' At the sink: ')[1] ?? '').split(/;(?: |$)/u).filter((text) => text !== '');
    }

    it.each(Object.keys(CHANGES))('%s: it shows what to run at the sink, and goes on after that', async (change) => {
      const world = await begin();
      const before = await world.sink.sorted(`select * from ${world.to}.t_copy`);
      await world.source.run(...(CHANGES[change] ?? []));
      const shown = await statements(world);
      expect(await statements(world)).toEqual(shown);
      expect(await world.sink.sorted(`select * from ${world.to}.t_copy`)).toEqual(before);
      // A unique index that the rows of the sink do not fit yet is the operator's to judge; here they do.
      await world.sink.run(`use ${world.to}`, ...shown);
      await world.store.setDesired('t', 'running');
      expect((await world.run()).outcome).toBe('stopped');
      await world.progress();
      const { source, sink } = await world.sides('t');
      expect(sink).toEqual(source);
      await world.close();
    });

    it('and a table that was dropped, until it is dropped at the sink too', async () => {
      const world = await begin();
      await world.source.run('drop table t');
      const shown = await statements(world);
      expect(shown).toEqual([`drop table \`${world.to}\`.\`t_copy\``]);
      await world.sink.run(...shown);
      await world.store.setDesired('t', 'running');
      expect((await world.run()).outcome).toBe('stopped');
      expect((await world.run()).outcome).toBe('stopped');
      expect((await world.progress()).missing).toEqual([`${world.from}.t`]);
      await world.close();
    });

    it('drops sink tables with those of the source when it is asked to, and makes them anew', async () => {
      const world = await begin({ schemaChange: 'follow', droppedTables: 'drop' });
      const there = `select count(*) from information_schema.tables where table_schema = '${world.to}' and table_name = 't_copy'`;
      await world.source.run('drop table t');
      await world.run();
      expect((await world.progress()).missing).toEqual([`${world.from}.t`]);
      expect(await world.sink.number(there)).toBe(0);
      await world.run();
      await world.source.run('create table t (a int primary key)', 'insert into t values (5)');
      await world.run();
      const { source, sink } = await world.sides('t');
      expect(sink).toEqual(source);
      await world.source.run('alter table t rename to u');
      await world.run();
      expect(await world.sink.number(there)).toBe(0);
      await world.close();
    });
  },
);
