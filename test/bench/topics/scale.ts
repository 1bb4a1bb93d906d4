import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../lib/clock.ts';
import { databaseConnectors } from '../../../lib/connectors.ts';
import { NO_METRICS } from '../../../lib/replication/session/metrics.ts';
import type { LoadOrder } from '../../../lib/store/load-order.ts';
import { runLoader } from '../../../lib/replication/load/loader.ts';
import { runTask } from '../../../lib/replication/run/run.ts';
import { newTaskRecord } from '../../../lib/record/new-task-record.ts';
import { newTaskId } from '../../../lib/task/task-name.ts';
import { DEFAULT_OPTIONS } from '../../../lib/task/task.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { createFilled, SHAPE } from '../dataset.ts';
import { type Bench, freshName, makeDatabase, type Report, type Topic } from '../topic.ts';

const ROWS = 400_000;
const CHUNK_ROWS = 5_000;
const WORKERS = [1, 2, 4];

/**
 * Servers and workers share the machine, so this shows what claims and places cost, not how fast many machines are: that
 * is in test/unit/replication/stories/scale-out.test.ts, in virtual time.
 */
export const scale: Topic = {
  name: 'scale',
  summary: 'one first copy by several workers at once',
  run: async (bench) => [await compare(bench, bench.options.rows?.[0] ?? ROWS)],
};

async function compare(bench: Bench, rows: number): Promise<Report> {
  const from = freshName('scale');
  const drop = await makeDatabase(bench, bench.source, from);
  await createFilled(bench.servers.sourceUri, `${from}.t`, rows);
  const lines: string[][] = [];
  for (const workers of WORKERS) {
    bench.tell(`${workers} workers …`);
    const to = `${from}_${workers}`;
    const dropCopy = await makeDatabase(bench, bench.sink, to);
    const { seconds, loaders, theirs } = await load(bench, from, to, workers);
    const copied = await bench.sink.number(`select count(*) from ${to}.t`);
    if (copied !== rows) throw new Error(`${copied} rows of ${rows} were copied.`);
    const share = `${Math.round((100 * theirs) / rows)} %`;
    lines.push([String(workers), String(loaders), seconds.toFixed(1), String(Math.round(rows / seconds)), share]);
    await dropCopy();
  }
  await drop();
  return {
    question: `how long does the first copy of ${rows} rows take with more workers on the same machine?`,
    columns: ['workers', 'loaders called', 'seconds', 'rows/s', 'rows by loaders'],
    rows: lines,
    conditions: [`${SHAPE}, in chunks of ${CHUNK_ROWS}; one round, store in memory, all workers in one process`],
  };
}

interface Measured {
  readonly seconds: number;
  readonly loaders: number;
  readonly theirs: number;
}

async function load({ servers }: Bench, from: string, to: string, loadWorkers: number): Promise<Measured> {
  const store = new MemoryStore();
  const options = { ...DEFAULT_OPTIONS, mode: 'tick' as const, chunkRows: CHUNK_ROWS, loadWorkers };
  const name = `bench ${randomUUID()}`;
  const tables = [{ source: { database: from, table: 't' }, sink: { database: to, table: 't' } }];
  const { sourceUri, sinkUri, sinkType } = servers;
  const selection = { level: 'table' as const, tables, databases: [], exclude: [] };
  const spec = { name, sourceUri, sinkUri, sinkType, ...selection, options };
  await store.create(newTaskRecord(newTaskId(systemClock.now()), spec, systemClock.now()));
  const deps = { store, connectors: databaseConnectors, clock: systemClock, log: () => undefined, metrics: NO_METRICS };
  const { signal } = new AbortController();
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
