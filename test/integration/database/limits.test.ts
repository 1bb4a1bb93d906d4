import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseConnectors } from '../../../lib/connectors.ts';
import { DEFAULT_OPTIONS } from '../../../lib/task/task.ts';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';
import { taskSpec } from '../../support/task-records.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

describe.each(['matrixone', 'mysql'] as const)('with a %s sink', (sinkType) => {
  it('a statement is given up after its time', async () => {
    const sinkUri = sinkType === 'mysql' ? servers.mysqlSinkUri : servers.matrixoneSinkUri;
    const spec = taskSpec('t', { sinkUri, sinkType, options: { ...DEFAULT_OPTIONS, sendSqlTimeoutMs: 1_000 } });
    const taskId = `limits_${randomBytes(4).toString('hex')}`;
    const sink = databaseConnectors.sink(spec, taskId, new AbortController().signal);
    const client = new SqlClient(sinkUri);
    await sink.takeOver(1);
    await client.run('begin', `update mo_cdc.fence set writes = writes + 1 where task_id = '${taskId}'`);
    const asked = Date.now();
    await expect(sink.takeOver(2)).rejects.toMatchObject({ code: 'SINK_TIMEOUT', retry: true });
    expect(Date.now() - asked).toBeLessThan(3_000);
    await client.run('rollback');
    expect(await sink.takeOver(3)).toEqual({ window: 0, batch: 0 });
    await sink.forget(3);
    await sink.close();
    client.close();
  });

  it('a task without a first copy in short statements ends at its time', async () => {
    const world = new LiveWorld(servers, sinkType);
    const endTs = new Date(Date.now() + 4_000).toISOString();
    await world.open(
      ['t'],
      ['create table t (id int primary key, v varchar(200))', `insert into t values (0, 'old')`],
      {
        noFull: true,
        endTs,
        maxSqlLength: 1_024,
      },
    );
    const running = world.run(undefined, 60_000);
    await expect.poll(async () => (await world.store.get('t'))?.progress.phase, { timeout: 10_000 }).toBe('window');
    const rows = Array.from({ length: 300 }, (_, i) => `(${i + 1}, '${'x'.repeat(i % 200)}')`);
    await world.source.run(`insert into t values ${rows.join(',')}`, `delete from t where id = 0`);
    expect((await running).outcome).toBe('stopped');
    const { phase, checkpoint } = await world.progress();
    expect(phase).toBe('finished');
    expect(BigInt(checkpoint?.ts ?? 0) >= BigInt(Date.parse(endTs)) * 1_000_000n).toBe(true);
    const { source, sink } = await world.sides('t');
    expect(sink).toEqual(source);
    const id = (await world.store.get('t'))?.id.replaceAll('-', '') ?? '';
    const held = `select count(*) from mo_catalog.mo_snapshots where sname like 'mo_cdc_${id}%'`;
    expect(await world.source.number(held)).toBe(0);
    await world.close();
  });
});
