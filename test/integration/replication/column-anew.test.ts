import { afterAll, beforeAll, expect, it } from 'vitest';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

/** MariaDB, which is behind the emulator, refuses the rows and not the statement: the case is MatrixOne's own. */
it.runIf(process.env['MATRIXONE_SINK'] !== undefined)(
  'a column of another type under the name of a dropped one reaches a MatrixOne sink, with its values',
  async () => {
    const world = new LiveWorld(servers, 'matrixone');
    await world.open(
      ['t'],
      ['create table t (id int primary key, c int, v varchar(9))', `insert into t values (1, 32, 'a'), (2, null, 'b')`],
      { mode: 'tick' },
    );
    await world.run();
    await world.source.run(
      'alter table t drop column c',
      'alter table t add column c datetime',
      `insert into t (id, c) values (3, '2026-01-02 03:04:05')`,
    );
    await world.run();
    await world.progress();
    const columns = 'id, v, c';
    expect(await world.sink.sorted(`select ${columns} from ${world.to}.t_copy`)).toEqual(
      await world.source.sorted(`select ${columns} from ${world.from}.t`),
    );
    await world.close();
  },
);
