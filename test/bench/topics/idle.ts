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

/** What a task in continuous mode asks of everybody while nothing changes. */
export async function idle(bench: Bench): Promise<Report> {
  const store = await localStore(bench);
  const [source, sink] = [await counter(bench, bench.servers.sourceUri), await counter(bench, bench.servers.sinkUri)];
  const counted = { ...bench, servers: { ...bench.servers, sourceUri: source.uri, sinkUri: sink.uri } };
  const table = await followedByUs(counted, ROWS, store.choice);
  await delay(SETTLING);
  const take = async () => ({ ...(await table.worker.usage()), source: source.commands, sink: sink.commands });
  const before = await take();
  bench.tell(`counting for ${COUNTED / 1_000} s …`);
  await delay(COUNTED);
  const after = await take();
  await table.drop();
  const [seconds, minutes] = [COUNTED / 1_000, COUNTED / 60_000];
  return {
    question: 'what does an idle task cost?',
    columns: ['what', 'count'],
    rows: [
      ['commands to the source per second', short((after.source - before.source) / seconds)],
      ['commands to the sink per second', short((after.sink - before.sink) / seconds)],
      ['reads of the store per minute', short((after.reads - before.reads) / minutes)],
      ['writes of the store per minute', short((after.writes - before.writes) / minutes)],
    ],
    conditions: [
      `one table of ${ROWS} rows that nobody changes; counted for ${seconds} s, from ${SETTLING / 1_000} s after the first copy on`,
      `default options (continuous, poll interval 200 ms), ${store.words}, one worker process`,
      'commands: packets that begin a command on the wire, transaction statements included',
    ],
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
