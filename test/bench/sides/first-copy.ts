import { setTimeout as delay } from 'node:timers/promises';
import { benchTask } from '../worker/bench-task.ts';
import { TaskWorker } from '../worker/task-worker.ts';
import { createFilled, COLUMNS } from '../dataset.ts';
import type { Side } from '../rounds.ts';
import { type Bench, freshName, makeDatabase } from '../topic.ts';
import { dumpPipe } from './dump-pipe.ts';
import { createPitr, NativeCdc } from './native.ts';
import { runRival } from './rival-job.ts';

/** Between two looks at how many rows the sink has. */
const COUNT_EVERY = 100;
const INSERT_ROWS = 1_000;

/** A table at the source whose first copy is to be timed. */
export interface FilledTable {
  readonly database: string;
  readonly rows: number;
  readonly drop: () => Promise<void>;
}

export async function filledTable(bench: Bench, rows: number): Promise<FilledTable> {
  const database = freshName('from');
  const drop = await makeDatabase(bench, bench.source, database);
  bench.tell(`filling a table of ${rows} rows …`);
  await createFilled(bench.servers.sourceUri, `${database}.t`, rows);
  return { database, rows, drop };
}

/** Ours: from the start of the run until the load is stored as done, every connection and check of it included. */
export const ourCopy = (bench: Bench, { database, rows }: FilledTable): Side => ({
  name: 'ours',
  measure: async () => {
    const to = freshName('to');
    const dropSink = bench.cleanup.add(() => bench.sink.run(`drop database if exists ${to}`));
    const tables = [{ source: { database, table: 't' }, sink: { database: to, table: 't' } }];
    const worker = await TaskWorker.start(bench, benchTask(bench, { tables }));
    const { at } = await worker.next('started');
    const loaded = await worker.next('progress', ({ step }) => step.phase === 'window');
    await assertRows(bench, to, rows);
    await worker.drop();
    await dropSink();
    return (loaded.at - at) / 1_000;
  },
});

/** The server's own: from its first sign of life at the sink until all rows are there. */
export const nativeCopy = (bench: Bench, { database, rows }: FilledTable): Side => ({
  name: 'CREATE CDC',
  measure: async () => {
    const to = freshName('to');
    const dropSink = bench.cleanup.add(() => bench.sink.run(`drop database if exists ${to}`));
    const dropPitr = await createPitr(bench, database);
    const task = await NativeCdc.create(bench, `${database}.t:${to}.t`);
    await task.begun(to, 't');
    const begun = performance.now();
    while ((await bench.sink.number(`select count(*) from ${to}.t`)) < rows) {
      const state = await task.state();
      if (!state.startsWith('running')) throw new Error(`CREATE CDC: ${state}`);
      await delay(COUNT_EVERY);
    }
    const seconds = (performance.now() - begun) / 1_000;
    await task.drop();
    await dropPitr();
    await dropSink();
    return seconds;
  },
});

/** A side that fills an empty table at the sink, which is made for it and goes afterwards. */
const intoEmpty = (
  bench: Bench,
  name: string,
  rows: number,
  fill: (database: string) => Promise<number>,
  creates = true,
): Side => ({
  name,
  measure: async () => {
    const to = freshName('to');
    const drop = await makeDatabase(bench, bench.sink, to);
    if (creates) await bench.sink.run(`create table ${to}.t (${COLUMNS})`);
    const seconds = await fill(to);
    await assertRows(bench, to, rows);
    await drop();
    return seconds;
  },
});

/** What people do without us: through the tools of the distribution, and by a loop of their own. */
export function handCopies(bench: Bench, { database, rows }: FilledTable): Side[] {
  const { sourceUri, sinkUri } = bench.servers;
  const dump = (to: string) => dumpPipe(sourceUri, database, 't', sinkUri, to);
  const copy = (to: string) =>
    runRival(bench, {
      kind: 'insert',
      fromUri: sourceUri,
      from: `${database}.t`,
      toUri: sinkUri,
      to: `${to}.t`,
      verb: 'insert',
      batch: INSERT_ROWS,
    });
  return [
    intoEmpty(bench, 'mariadb-dump | mariadb', rows, dump, false),
    intoEmpty(bench, `INSERT of ${INSERT_ROWS} rows`, rows, copy),
  ];
}

/** What the servers allow at best: each end alone. */
export function ends(bench: Bench, { database, rows }: FilledTable): Side[] {
  const { sourceUri, sinkUri } = bench.servers;
  const load = (lanes: number) => (to: string) =>
    runRival(bench, { kind: 'load', uri: sinkUri, table: `${to}.t`, rows, lanes });
  return [
    {
      name: 'read and discard',
      measure: () => runRival(bench, { kind: 'read', uri: sourceUri, table: `${database}.t`, rows }),
    },
    intoEmpty(bench, 'LOAD DATA alone, 1 connection', rows, load(1)),
    intoEmpty(bench, 'LOAD DATA alone, 2 connections', rows, load(2)),
  ];
}

/** A side that copies less than everything is no faster one. */
async function assertRows({ sink }: Bench, database: string, rows: number): Promise<void> {
  const found = await sink.number(`select count(*) from ${database}.t`);
  if (found !== rows) throw new Error(`The sink has ${found} rows of ${rows}.`);
}
