import { randomBytes, randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { asciiTable } from '../../localstack/demo/ascii-table.ts';
import { matrixoneDialect } from '../../lib/matrixone/matrixone-dialect.ts';
import { MatrixoneSource } from '../../lib/matrixone/matrixone-source.ts';
import { DatabaseSink } from '../../lib/mysql/database-sink.ts';
import { mysqlDialect } from '../../lib/mysql/mysql-dialect.ts';
import { ChunkComparison } from '../../lib/replication/chunk-comparison.ts';
import type { Ends } from '../../lib/replication/ends.ts';
import type { Pin } from '../../lib/replication/position.ts';
import type { Sink, SinkTable } from '../../lib/replication/sink.ts';
import { parseDatabaseUri } from '../../lib/task/database-uri.ts';
import { SqlClient } from '../support/sql-client.ts';
import { startServers } from '../support/start-servers.ts';

/** How fast equal tables are compared, by checksums and row by row: `node test/bench/verify.ts --rows 300000`. */
const { values } = parseArgs({
  options: { rows: { type: 'string', default: '300000' }, chunk: { type: 'string', default: '10000' } },
});
const [rows, chunk] = [Number(values.rows), Number(values.chunk)];

const signal = new AbortController().signal;
const database = `cdc_bench_${randomBytes(4).toString('hex')}`;
const name = { database, table: 't' };
const pinName = `mo_cdc_${database}`;
const COLUMNS = 'id int primary key, k varchar(20), v varchar(60), n decimal(18,4), at datetime(6)';

async function fill(client: SqlClient): Promise<void> {
  await client.run(`create database ${database}`, `create table ${database}.t (${COLUMNS})`);
  for (let start = 0; start < rows; start += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, rows - start) }, (_, i) => {
      const id = start + i;
      return `(${id}, 'k${id % 977}', 'the value of row ${id}', ${id / 8}, '2026-01-01 00:00:00.5')`;
    });
    await client.run(`insert into ${database}.t values ${lines.join(',')}`);
  }
}

interface Measured {
  readonly seconds: number;
  readonly differences: number;
}

async function verify(source: MatrixoneSource, sink: Sink, table: SinkTable, pin: Pin): Promise<Measured> {
  const begun = performance.now();
  const ends = { source, sink } as unknown as Ends;
  const step = () => ({ window: 0, batch: 0, checkpoint: undefined });
  let differences = 0;
  for (const range of await source.planRanges(table.schema, pin, { rows: chunk, bytes: 32 * 1024 * 1024 })) {
    const found = await new ChunkComparison(signal, ends, table, pin, step).run(range, 'count');
    differences += found.missing + found.extra + found.different;
  }
  return { seconds: (performance.now() - begun) / 1_000, differences };
}

const servers = await startServers();
const source = new MatrixoneSource(parseDatabaseUri(servers.sourceUri), signal);
const lines: string[][] = [];
const clients = [servers.sourceUri, servers.matrixoneSinkUri, servers.mysqlSinkUri].map((uri) => new SqlClient(uri));
const [first, matrixone, mysql] = clients as [SqlClient, SqlClient, SqlClient];
try {
  await fill(first);
  const pin = await source.createPin(pinName, [name]);
  const table = { name, schema: await source.describe(name, pin) };
  for (const [kind, client, uri, dialect] of [
    ['MatrixOne', matrixone, servers.matrixoneSinkUri, matrixoneDialect],
    ['MariaDB', mysql, servers.mysqlSinkUri, mysqlDialect],
  ] as const) {
    // The emulated sink is the same MariaDB.
    await client.run(`drop database if exists ${database}`);
    await fill(client);
    for (const hasChecksums of dialect.hasChecksums ? [false, true] : [false]) {
      const taskId = randomUUID();
      const options = {
        address: parseDatabaseUri(uri),
        dialect: { ...dialect, hasChecksums },
        taskId,
        database,
        signal,
      };
      const sink = new DatabaseSink(options);
      for (const run of ['1', '2']) {
        const { seconds, differences } = await verify(source, sink, table, pin);
        const how = hasChecksums ? 'checksums' : 'row by row';
        lines.push([kind, how, run, seconds.toFixed(2), String(Math.round(rows / seconds)), String(differences)]);
      }
      await sink.close();
    }
  }
} finally {
  await source.dropPin(pinName);
  await source.close();
  for (const client of clients) {
    await client.run(`drop database if exists ${database}`);
    client.close();
  }
  await servers.stop();
}
const names = ['sink', 'compared by', 'run', 'seconds', 'rows/s', 'differences'];
const where = servers.real ? 'real MatrixOne servers' : 'the MatrixOne emulator';
const conditions = `${rows} equal rows of 5 columns, chunks of ${chunk}, ${where}, all on ${availableParallelism()} cores`;
process.stdout.write(
  `${conditions}\n${asciiTable(
    names,
    lines,
    names.map((_, i) => i > 1),
  )}\n`,
);
