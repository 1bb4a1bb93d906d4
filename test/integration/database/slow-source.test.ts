import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matrixoneDialect } from '../../../lib/matrixone/sink/matrixone-dialect.ts';
import { declaredSchema } from '../../support/declared/declared-table.ts';
import { DatabaseSink } from '../../../lib/sink/database-sink.ts';
import type { Dialect } from '../../../lib/sink/dialect/dialect.ts';
import { mysqlDialect } from '../../../lib/mysql/mysql-dialect.ts';
import type { Row } from '../../../lib/data/change.ts';
import type { SinkTable } from '../../../lib/replication/endpoints/sink-tables.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { position } from '../../../lib/data/position.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';

const PATIENCE = 1;
/** The sink's server looks at its timeouts now and then only. */
const SLOW = 6_000;

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

/** As in production, but with a server that gives up soon instead of after a minute. */
const impatient = (dialect: Dialect): Dialect => ({
  ...dialect,
  settings: dialect.settings.map((setting) =>
    setting.name.endsWith('_timeout') && !setting.name.includes('lock') ? { ...setting, value: PATIENCE } : setting,
  ),
});

const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_, i) => [Buffer.from(String(i)), Buffer.from('v')]);

async function* afterLong(): AsyncGenerator<Row[]> {
  await sleep(SLOW);
  yield rows(10);
}

describe.each(['matrixone', 'mysql'] as const)('a source that is slow to answer, with a %s sink,', (type) => {
  const db = `cdc_slow_${randomBytes(4).toString('hex')}`;
  const open = (): { sink: DatabaseSink; client: SqlClient } => {
    const uri = type === 'mysql' ? servers.mysqlSinkUri : servers.matrixoneSinkUri;
    const dialect = impatient(type === 'mysql' ? mysqlDialect : matrixoneDialect);
    const { signal } = new AbortController();
    const address = parseDatabaseUri(uri);
    return {
      sink: new DatabaseSink({ address, dialect, taskId: db, database: `${db}_books`, signal }),
      client: new SqlClient(uri),
    };
  };
  const tableOf = (table: string): SinkTable => ({
    name: { database: db, table },
    schema: declaredSchema(
      { database: 'x', table },
      '1',
      'CREATE TABLE `x` (`id` int NOT NULL, `v` varchar(9), PRIMARY KEY (`id`))',
    ),
  });

  test('fails neither a chunk of a load nor a large window', async () => {
    const { sink, client } = open();
    const [a, b] = [tableOf('a'), tableOf('b')];
    await sink.takeOver(1);
    for (const table of [a, b]) await sink.createTable(table);
    await sink.planLoad(a, 1, { ranges: [{ lower: undefined, upper: undefined }] }, 'refuse');
    const [chunk] = (await sink.chunks(a, 1)) ?? [];
    if (chunk === undefined) throw new Error('no chunk');
    expect(await sink.loadChunk(a, 1, chunk, afterLong())).toBe(10);

    const batch = sink.beginBatch('replace');
    const changes = rows(3_000).map((row) => ({ deleted: false, row }));
    await batch.add(a, changes);
    await sleep(SLOW);
    await batch.add(b, changes);
    await batch.commit({ window: 1, batch: 0, point: { checkpoint: { name: '', ts: position('1') }, saves: 0 } });
    expect(await client.number(`select count(*) from ${db}.a`)).toBe(3_000);
    expect(await client.number(`select count(*) from ${db}.b`)).toBe(3_000);
    await sink.close();
    await client.run(`drop database ${db}`, `drop database ${db}_books`);
    client.close();
  });
});
