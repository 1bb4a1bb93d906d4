import { randomBytes, randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { asciiTable } from '../../localstack/demo/ascii-table.ts';
import { systemClock } from '../../lib/clock.ts';
import { databaseConnectors } from '../../lib/matrixone/connectors.ts';
import type { LoadOrder } from '../../lib/replication/load-order.ts';
import { runLoader } from '../../lib/replication/loader.ts';
import { runTask } from '../../lib/replication/run.ts';
import { newTaskId } from '../../lib/task/task-id.ts';
import { newTaskRecord } from '../../lib/task/new-task-record.ts';
import { DEFAULT_OPTIONS } from '../../lib/task/task.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { SqlClient } from '../support/sql-client.ts';
import { startServers } from '../support/start-servers.ts';

/**
 * The same first copy with 1, 2, 4, … workers, all in this process: `npx node test/bench/scale.ts --rows 400000`. Servers and
 * workers share the machine, so this shows what claims and places cost, not how fast many machines are: that is in
 * test/unit/replication/scale-out.test.ts, in virtual time.
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '400000' },
    chunk: { type: 'string', default: '5000' },
    workers: { type: 'string', default: '1,2,4' },
  },
});
const [rows, chunkRows] = [Number(values.rows), Number(values.chunk)];
const from = `cdc_bench_${randomBytes(4).toString('hex')}`;

async function fill(client: SqlClient): Promise<void> {
  await client.run(
    `create database ${from}`,
    `create table ${from}.t (id int primary key, k varchar(20), v varchar(60))`,
  );
  for (let start = 0; start < rows; start += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, rows - start) }, (_, i) => {
      const id = start + i;
      return `(${id}, 'k${id % 977}', 'the value of row ${id}')`;
    });
    await client.run(`insert into ${from}.t values ${lines.join(',')}`);
  }
}

interface Measured {
  readonly seconds: number;
  readonly loaders: number;
  readonly theirs: number;
}

async function load(sourceUri: string, sinkUri: string, to: string, loadWorkers: number): Promise<Measured> {
  const store = new MemoryStore();
  const options = { ...DEFAULT_OPTIONS, mode: 'tick' as const, chunkRows, loadWorkers };
  const name = `bench ${randomUUID()}`;
  const tables = [{ source: { database: from, table: 't' }, sink: { database: to, table: 't' } }];
  const ends = { sourceUri, sinkUri, sinkType: 'matrixone' as const };
  const spec = { name, ...ends, level: 'table' as const, tables, databases: [], exclude: [], options };
  await store.create(newTaskRecord(newTaskId(systemClock.now()), spec, systemClock.now()));
  const deps = { store, connectors: databaseConnectors, clock: systemClock, log: () => undefined };
  const signal = new AbortController().signal;
  const deadline = systemClock.now() + 600_000;
  const running: Promise<{ rows: number }>[] = [];
  const loaders = {
    start: (order: LoadOrder) => {
      running.push(runLoader({ ...deps, owner: `loader ${order.place}` }, order, deadline, signal));
      return Promise.resolve();
    },
  };
  const began = performance.now();
  await runTask({ ...deps, loaders, owner: 'worker' }, name, deadline, signal);
  const seconds = (performance.now() - began) / 1_000;
  const theirs = (await Promise.all(running)).reduce((sum, report) => sum + report.rows, 0);
  await store.drop(name);
  await runTask({ ...deps, loaders, owner: 'cleaner' }, name, deadline, signal);
  return { seconds, loaders: running.length, theirs };
}

const servers = await startServers();
const [source, sink] = [new SqlClient(servers.sourceUri), new SqlClient(servers.matrixoneSinkUri)];
const lines: string[][] = [];
try {
  await fill(source);
  for (const workers of values.workers.split(',').map(Number)) {
    const to = `${from}_${workers}`;
    const { seconds, loaders, theirs } = await load(servers.sourceUri, servers.matrixoneSinkUri, to, workers);
    const copied = await sink.number(`select count(*) from ${to}.t`);
    if (copied !== rows) throw new Error(`${copied} rows of ${rows} were copied.`);
    const share = `${Math.round((100 * theirs) / rows)} %`;
    lines.push([String(workers), String(loaders), seconds.toFixed(1), String(Math.round(rows / seconds)), share]);
    await sink.run(`drop database ${to}`);
  }
  const names = ['workers', 'loaders called', 'seconds', 'rows/s', 'rows by loaders'];
  const where = servers.real ? 'real MatrixOne servers' : 'the MatrixOne emulator';
  const conditions = `${rows} rows in chunks of ${chunkRows}, ${where}, all on ${availableParallelism()} cores`;
  const table = asciiTable(
    names,
    lines,
    names.map(() => true),
  );
  process.stdout.write(`${conditions}\n${table}\n`);
} finally {
  await source.run(`drop database if exists ${from}`);
  source.close();
  sink.close();
  await servers.stop();
}
