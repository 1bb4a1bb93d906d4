import { SHAPE } from '../dataset.ts';
import { COMPARED, compared, inRounds, type Side } from '../rounds.ts';
import { arrived, change, Spread } from '../sides/changed-rows.ts';
import { type FollowedTable, followedByHand, followedByNative, followedByUs } from '../sides/followed-table.ts';
import { runRival } from '../sides/rival-job.ts';
import { median, short } from '../statistics.ts';
import type { Bench, Report, Topic } from '../topic.ts';
import type { TaskWorker } from '../worker/task-worker.ts';

const CHANGES = [300_000, 20_000, 10];
const ROUNDS = 3;
/** Small windows are cheap to repeat, and vary more. */
const SMALL = 1_000;
const ROUNDS_OF_SMALL = 10;
const BATCH = 1_000;

/** Seconds of ours alone. */
interface Window {
  readonly fromPin: number;
  readonly fromAsking: number;
}

export const apply: Topic = {
  name: 'apply',
  summary: 'a window of changes: until the sink has it, and from its pin to its checkpoint',
  run: async (bench) => {
    const reports: Report[] = [];
    // The emulator makes a snapshot by copying the table.
    const sizes = bench.options.rows ?? [bench.servers.real ? 1_000_000 : 100_000];
    for (const rows of sizes) reports.push(...(await applyTo(bench, rows)));
    return reports;
  },
};

async function applyTo(bench: Bench, rows: number): Promise<Report[]> {
  const ours = await followedByUs(bench, rows);
  const rival = await rivalOf(bench, rows);
  const reports: Report[] = [];
  const changes = (bench.options.changes ?? CHANGES).filter((number) => number <= rows);
  for (const number of changes) reports.push(...(await windowOf(bench, ours, rival, new Spread(rows, number), rows)));
  await ours.drop();
  await rival?.drop();
  return reports;
}

async function rivalOf(bench: Bench, rows: number): Promise<FollowedTable | undefined> {
  if (!bench.servers.real) return await followedByHand(bench, rows);
  return bench.options.withoutNative ? undefined : await followedByNative(bench, rows);
}

/** Negative: no row has it from the start. */
let stamp = 0;

async function windowOf(
  bench: Bench,
  ours: FollowedTable & { readonly worker: TaskWorker },
  rival: FollowedTable | undefined,
  spread: Spread,
  rows: number,
): Promise<Report[]> {
  const windows: Window[] = [];
  const sides: Side[] = [
    {
      name: 'ours',
      measure: async () => {
        ours.worker.forget();
        const seconds = await follow(bench, ours, spread);
        windows.push(await lastWindow(ours.worker));
        return seconds;
      },
    },
    ...(rival === undefined ? [] : [rivalSide(bench, rival, spread)]),
  ];
  const rounds = Math.max(bench.options.rounds ?? ROUNDS, spread.changes <= SMALL ? ROUNDS_OF_SMALL : 0);
  const measured = await inRounds(sides, rounds, bench.tell);
  const conditions = [
    `${rows} ${SHAPE}; one UPDATE of ${spread.changes} rows spread over the table; ${rounds} rounds, in turn`,
    'ours: default options (continuous, poll interval 200 ms), store in memory, one worker process',
  ];
  return [
    {
      question: `${spread.changes} of ${rows} rows are updated: how long after the commit does the sink have them?`,
      columns: COMPARED,
      rows: compared(measured, spread.changes),
      conditions: [...conditions, rivalConditions(bench)],
    },
    {
      question: `how long does our window of ${spread.changes} rows take?`,
      columns: ['from … to', 'milliseconds: median', 'lowest', 'highest'],
      rows: [
        millis(
          'pin made … checkpoint stored',
          windows.map(({ fromPin }) => fromPin),
        ),
        millis(
          'pin asked for … checkpoint stored',
          windows.map(({ fromAsking }) => fromAsking),
        ),
      ],
      conditions,
    },
  ];
}

const rivalConditions = ({ servers, options }: Bench): string => {
  if (!servers.real)
    return `by hand: the changed rows, known by a mark, read and written by REPLACE, ${BATCH} a statement`;
  if (options.withoutNative) return 'without CREATE CDC';
  return 'CREATE CDC: defaults; another table of the same rows; both sides run all the time, each is idle in the other’s turn';
};

/** Seconds from the commit until the sink has the changes. */
async function follow({ source, sink }: Bench, { from, to }: FollowedTable, spread: Spread): Promise<number> {
  stamp -= 1;
  await change(source, from, spread, stamp);
  const committed = performance.now();
  return ((await arrived(sink, to, spread, stamp)) - committed) / 1_000;
}

function rivalSide(bench: Bench, rival: FollowedTable, spread: Spread): Side {
  if (bench.servers.real) return { name: 'CREATE CDC', measure: () => follow(bench, rival, spread) };
  const { sourceUri, sinkUri } = bench.servers;
  const copy = async (): Promise<number> => {
    stamp -= 1;
    await change(bench.source, rival.from, spread, stamp);
    const from = `${rival.from} where n = ${stamp}`;
    return await runRival(bench, {
      kind: 'insert',
      fromUri: sourceUri,
      from,
      toUri: sinkUri,
      to: rival.to,
      verb: 'replace',
      batch: BATCH,
    });
  };
  return { name: `REPLACE of ${BATCH} rows`, measure: copy };
}

/** The window that has just been applied: the news of it are on their way, or there. */
async function lastWindow(worker: TaskWorker): Promise<Window> {
  const { pin, checkpoint } = await worker.window();
  return { fromPin: (checkpoint - pin.at) / 1_000, fromAsking: (checkpoint - pin.askedAt) / 1_000 };
}

const millis = (name: string, seconds: readonly number[]): string[] => [
  name,
  ...[median(seconds), Math.min(...seconds), Math.max(...seconds)].map((value) => short(value * 1_000)),
];
