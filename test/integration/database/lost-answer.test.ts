import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { declaredSchema } from '../../support/declared/declared-table.ts';
import { DatabaseSink } from '../../../lib/sink/database-sink.ts';
import { mysqlDialect } from '../../../lib/mysql/mysql-dialect.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { uriThrough } from '../../support/driver-options.ts';
import { LossyProxy } from '../../support/lossy-proxy.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';

const database = `cdc_lost_${randomUUID().slice(0, 8)}`;
const books = `mo_cdc_${database}`;
const name = { database, table: 't' };
const definition = 'CREATE TABLE `t` (\n  `id` int NOT NULL,\n  `n` int DEFAULT NULL,\n  PRIMARY KEY (`id`)\n)';
const table = { name, schema: declaredSchema(name, '1', definition) };
const change = (id: number) => ({ deleted: false, row: [Buffer.from(String(id)), Buffer.from('1')] });

let servers: TestServers;
let proxy: LossyProxy;
let client: SqlClient;

beforeAll(async () => {
  servers = await testServers();
  const { host, port } = parseDatabaseUri(servers.mysqlSinkUri);
  proxy = await LossyProxy.start(host, port);
  client = new SqlClient(servers.mysqlSinkUri);
});
afterAll(async () => {
  await client.run(`drop database if exists ${database}`, `drop database if exists ${books}`);
  client.close();
  proxy.stop();
  await servers.stop();
});

const open = (signal = new AbortController().signal): DatabaseSink =>
  new DatabaseSink({
    address: parseDatabaseUri(uriThrough(servers.mysqlSinkUri, proxy)),
    dialect: mysqlDialect,
    taskId: randomUUID(),
    database: books,
    signal,
  });
const apply = async (sink: DatabaseSink, window: number, ids: readonly number[]): Promise<void> => {
  const batch = sink.beginBatch('insert');
  await batch.add(table, ids.map(change));
  await batch.commit({ window, batch: 0, point: undefined });
};

test('a COMMIT without an answer is found out about by taking over, and nothing is applied twice', async () => {
  const sink = open();
  await sink.takeOver(1);
  await sink.createTable(table);
  await apply(sink, 1, [1]);
  proxy.loseAnswerTo = 'commit';
  await expect(apply(sink, 2, [2])).rejects.toMatchObject({ code: 'SINK_UNREACHABLE' });
  await expect(apply(sink, 2, [2])).rejects.toThrow('taken over');
  expect(await sink.takeOver(1)).toEqual({ window: 2, batch: 0 });
  await apply(sink, 3, [3]);
  proxy.loseAnswerTo = 'begin';
  await expect(apply(sink, 4, [4])).rejects.toMatchObject({ code: 'SINK_UNREACHABLE' });
  // Nothing was in doubt this time: the batch may simply be repeated.
  await apply(sink, 4, [4]);
  expect(await client.sorted(`select * from ${database}.t`)).toEqual(['1|1', '2|1', '3|1', '4|1']);
  await sink.close();
});

test('a chunk whose COMMIT got no answer is not loaded twice', async () => {
  const sink = open();
  await sink.takeOver(1);
  await sink.createTable(table);
  await sink.planLoad(table, 1, { ranges: [{ lower: undefined, upper: undefined }] }, 'replace');
  const [chunk] = (await sink.chunks(table, 1)) ?? [];
  if (chunk === undefined) throw new Error('no chunk');
  const load = (): Promise<number> => sink.loadChunk(table, 1, chunk, rows());
  proxy.loseAnswerTo = 'commit';
  await expect(load()).rejects.toMatchObject({ code: 'SINK_UNREACHABLE' });
  await expect(load()).rejects.toMatchObject({ code: 'FENCED' });
  expect(await sink.chunks(table, 1)).toMatchObject([{ done: true, rows: 1 }]);
  expect(await client.sorted(`select * from ${database}.t`)).toEqual(['7|1']);
  await sink.close();
});

test('where LOAD DATA LOCAL is refused, rows go by INSERT', async () => {
  const before = await client.number('select @@global.local_infile');
  await client.run('set global local_infile = 0');
  const sink = open();
  try {
    await sink.takeOver(1);
    await sink.createTable(table);
    await sink.planLoad(table, 1, { ranges: [{ lower: undefined, upper: undefined }] }, 'replace');
    const [chunk] = (await sink.chunks(table, 1)) ?? [];
    if (chunk === undefined) throw new Error('no chunk');
    expect(await sink.loadChunk(table, 1, chunk, rows())).toBe(1);
    const ids = Array.from({ length: 5000 }, (_, i) => i + 100);
    await apply(sink, 1, ids);
    expect(await client.number(`select count(*) from ${database}.t`)).toBe(5001);
  } finally {
    await client.run(`set global local_infile = ${before}`);
    await sink.close();
  }
});

test('… and a chunk that waits for its source ends with its worker', async () => {
  const before = await client.number('select @@global.local_infile');
  await client.run('set global local_infile = 0');
  const worker = new AbortController();
  const sink = open(worker.signal);
  try {
    await sink.takeOver(1);
    await sink.createTable(table);
    await sink.planLoad(table, 1, { ranges: [{ lower: undefined, upper: undefined }] }, 'replace');
    const [chunk] = (await sink.chunks(table, 1)) ?? [];
    if (chunk === undefined) throw new Error('no chunk');
    const waiting = Promise.withResolvers<undefined>();
    async function* silent(): AsyncGenerator<Buffer[][]> {
      yield* rows();
      waiting.resolve(undefined);
      await new Promise(() => undefined);
    }
    const loading = sink.loadChunk(table, 1, chunk, silent());
    await waiting.promise;
    const reason = new Error('stopped');
    worker.abort(reason);
    await expect(loading).rejects.toBe(reason);
    expect(await client.number(`select count(*) from ${database}.t where id = 7`)).toBe(0);
  } finally {
    await client.run(`set global local_infile = ${before}`);
    await sink.close();
  }
});

async function* rows(): AsyncGenerator<Buffer[][]> {
  yield await Promise.resolve([[Buffer.from('7'), Buffer.from('1')]]);
}
