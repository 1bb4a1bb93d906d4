import { SHAPE } from '../dataset.ts';
import { localStore } from '../local-store.ts';
import { type FollowedTable, followedByNative, followedByUs } from '../sides/followed-table.ts';
import { writeSingly } from '../sides/single-writes.ts';
import { percentile, short } from '../statistics.ts';
import type { Bench, Report, Topic } from '../topic.ts';
import { requests } from './requests.ts';

const ROWS = 10_000;
const WRITES = 60;
const ROUNDS = 3;

interface Follower {
  readonly name: string;
  readonly table: FollowedTable;
  readonly lags: number[];
}

export const lag: Topic = {
  name: 'lag',
  summary:
    'single writes at random moments: until a reader of the sink sees them; and what a task asks of the databases and the store, idle and busy',
  run: async (bench) => [await lags(bench), await requests(bench)],
};

async function lags(bench: Bench): Promise<Report> {
  const [rows, writes, rounds] = [
    bench.options.rows?.[0] ?? ROWS,
    bench.options.writes ?? WRITES,
    bench.options.rounds ?? ROUNDS,
  ];
  const store = await localStore(bench);
  const followers: Follower[] = [{ name: 'ours', table: await followedByUs(bench, rows, store.choice), lags: [] }];
  const native = bench.servers.real && !bench.options.withoutNative;
  if (native) followers.push({ name: 'CREATE CDC', table: await followedByNative(bench, rows), lags: [] });
  for (let round = 0; round < rounds; round++) {
    for (const { name, table, lags } of round % 2 === 0 ? followers : followers.toReversed()) {
      lags.push(...(await writeSingly(bench, table, rows + round * writes, writes)));
      bench.tell(`round ${round + 1} of ${rounds}: ${name}`);
    }
  }
  for (const { table } of followers) await table.drop();
  return {
    question: 'a row is inserted: how long after the commit does a reader of the sink see it?',
    columns: ['side', 'writes', 'milliseconds: p50', 'p95', 'p99', 'lowest', 'highest'],
    rows: followers.map(({ name, lags }) => [name, String(lags.length), ...quantiles(lags)]),
    conditions: [
      `${rows} ${SHAPE}; ${rounds} rounds of ${writes} single-row INSERTs a side, in turn; before each a pause of 0 to 500 ms by chance`,
      'the reader asks the sink for the row every 2 ms, over a connection of its own, and its answer counts',
      `ours: default options (continuous, poll interval 200 ms), ${store.words}, one worker process`,
      native
        ? 'CREATE CDC: defaults; another table of the same rows; both sides run all the time, each is idle in the other’s turn'
        : 'without CREATE CDC',
    ],
  };
}

const quantiles = (lags: readonly number[]): string[] => [
  ...[0.5, 0.95, 0.99].map((share) => short(percentile(lags, share))),
  short(Math.min(...lags)),
  short(Math.max(...lags)),
];
