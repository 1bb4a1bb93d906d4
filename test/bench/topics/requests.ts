import { setTimeout as delay } from 'node:timers/promises';
import { CommandCounter } from '../command-counter.ts';
import { localStore } from '../local-store.ts';
import { followedByUs } from '../sides/followed-table.ts';
import { short } from '../statistics.ts';
import type { Bench, Report } from '../topic.ts';

const ROWS = 1_000;
/** Until the task has nothing left to do but look. */
const SETTLING = 15_000;
const COUNTED = 60_000;

/** Of a minute. */
interface Counts {
  readonly reads: number;
  readonly writes: number;
  readonly source: number;
  readonly sink: number;
  readonly pins: number;
}

/** What a task in continuous mode asks of everybody, while nothing changes and while somebody writes all the time. */
export async function requests(bench: Bench): Promise<Report> {
  const store = await localStore(bench);
  const [source, sink] = [await counter(bench, bench.servers.sourceUri), await counter(bench, bench.servers.sinkUri)];
  const counted = { ...bench, servers: { ...bench.servers, sourceUri: source.uri, sinkUri: sink.uri } };
  const table = await followedByUs(counted, ROWS, store.choice);
  const soFar = async (): Promise<Counts> => ({
    ...(await table.worker.usage()),
    source: source.commands,
    sink: sink.commands,
    pins: table.worker.pins,
  });
  const during = async (what: string): Promise<Counts> => {
    const before = await soFar();
    bench.tell(`counting for ${COUNTED / 1_000} s, ${what} …`);
    await delay(COUNTED);
    return difference(await soFar(), before);
  };
  await delay(SETTLING);
  const idle = await during('idle');
  const writer = steadyWriter(bench, table.from);
  const busy = await during('busy');
  const written = await writer.stop();
  await table.drop();
  const seconds = COUNTED / 1_000;
  const row = (what: string, of: (counts: Counts) => number): string[] => [what, short(of(idle)), short(of(busy))];
  return {
    question: 'what does a task ask of the databases and of the store?',
    columns: ['what', 'idle', 'busy'],
    rows: [
      row('commands to the source per second', (counts) => counts.source / seconds),
      row('commands to the sink per second', (counts) => counts.sink / seconds),
      row('windows per second', ({ pins }) => pins / seconds),
      row('reads of the store per minute', ({ reads }) => reads),
      row('writes of the store per minute', ({ writes }) => writes),
    ],
    conditions: [
      `one table of ${ROWS} rows; idle: nobody changes it, from ${SETTLING / 1_000} s after the first copy on; busy: one INSERT of a row after another, ${written} in all; ${seconds} s each`,
      `default options (continuous, poll interval 200 ms), ${store.words}, one worker process`,
      'commands: packets that begin a command on the wire, transaction statements included; windows: snapshots made at the source',
    ],
  };
}

const difference = (after: Counts, before: Counts): Counts => ({
  reads: after.reads - before.reads,
  writes: after.writes - before.writes,
  source: after.source - before.source,
  sink: after.sink - before.sink,
  pins: after.pins - before.pins,
});

/** Inserts a row as soon as the one before is committed. */
function steadyWriter({ source }: Bench, into: string): { readonly stop: () => Promise<number> } {
  let written = 0;
  let stopped = false;
  const write = async (): Promise<void> => {
    while (!stopped) {
      await source.run(`insert into ${into} values (${ROWS + written}, 'k', 'a new row', 1.5, '2026-01-01 00:00:00')`);
      written += 1;
    }
  };
  const writing = write();
  // `stop` reports it.
  writing.catch(() => undefined);
  return {
    stop: async () => {
      stopped = true;
      await writing;
      return written;
    },
  };
}

async function counter({ cleanup }: Bench, uri: string): Promise<CommandCounter> {
  const started = await CommandCounter.start(uri);
  cleanup.add(() => {
    started.stop();
    return Promise.resolve();
  });
  return started;
}
