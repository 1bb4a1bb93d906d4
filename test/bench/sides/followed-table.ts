import { createFilled } from '../dataset.ts';
import { type Bench, freshName, makeDatabase } from '../topic.ts';
import { benchTask } from '../worker/bench-task.ts';
import type { StoreChoice } from '../worker/messages.ts';
import { TaskWorker } from '../worker/task-worker.ts';
import { createPitr, NativeCdc } from './native.ts';
import { setTimeout as delay } from 'node:timers/promises';

/** A table at the source, and its copy at the sink, which somebody keeps up to date. */
export interface FollowedTable {
  readonly from: string;
  readonly to: string;
  /** Ends that, and takes both away. */
  readonly drop: () => Promise<void>;
}

async function bothEnds(bench: Bench, rows: number): Promise<{ from: string; to: string; drop: () => Promise<void> }> {
  const [from, to] = [freshName('from'), freshName('to')];
  const dropSource = await makeDatabase(bench, bench.source, from);
  const dropSink = bench.cleanup.add(() => bench.sink.run(`drop database if exists ${to}`));
  bench.tell(`filling a table of ${rows} rows …`);
  await createFilled(bench.servers.sourceUri, `${from}.t`, rows);
  return {
    from,
    to,
    drop: async () => {
      await dropSource();
      await dropSink();
    },
  };
}

/** Ours: a worker in continuous mode that has done the first copy. */
export async function followedByUs(
  bench: Bench,
  rows: number,
  store: StoreChoice = 'memory',
): Promise<FollowedTable & { readonly worker: TaskWorker }> {
  const { from, to, drop } = await bothEnds(bench, rows);
  const tables = [{ source: { database: from, table: 't' }, sink: { database: to, table: 't' } }];
  const worker = await TaskWorker.start(bench, benchTask(bench, { tables }), store);
  await worker.next('progress', ({ step }) => step.phase === 'window');
  return {
    from: `${from}.t`,
    to: `${to}.t`,
    worker,
    drop: async () => {
      await worker.drop();
      await drop();
    },
  };
}

/** The server's own CDC, after its first copy. */
export async function followedByNative(bench: Bench, rows: number): Promise<FollowedTable> {
  const { from, to, drop } = await bothEnds(bench, rows);
  const dropPitr = await createPitr(bench, from);
  const task = await NativeCdc.create(bench, `${from}.t:${to}.t`);
  await task.begun(to, 't');
  bench.tell('waiting for the first copy of CREATE CDC …');
  while ((await bench.sink.number(`select count(*) from ${to}.t`)) < rows) await delay(200);
  return {
    from: `${from}.t`,
    to: `${to}.t`,
    drop: async () => {
      await task.drop();
      await dropPitr();
      await drop();
    },
  };
}

/** A table at both ends that nobody follows: for who copies by hand. */
export async function followedByHand(bench: Bench, rows: number): Promise<FollowedTable> {
  const { from, to, drop } = await bothEnds(bench, rows);
  await makeDatabase(bench, bench.sink, to);
  await createFilled(bench.servers.sinkUri, `${to}.t`, rows);
  return { from: `${from}.t`, to: `${to}.t`, drop };
}
