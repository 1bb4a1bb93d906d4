import { SHAPE } from '../dataset.ts';
import { localStore } from '../local-store.ts';
import { arrived, change, Spread } from '../sides/changed-rows.ts';
import { followedByUs } from '../sides/followed-table.ts';
import { sizedRows } from '../sides/sized-rows.ts';
import { short } from '../statistics.ts';
import type { Bench, Report, Topic } from '../topic.ts';
import { benchTask } from '../worker/bench-task.ts';
import type { Usage } from '../worker/messages.ts';
import { TaskWorker } from '../worker/task-worker.ts';

const ROWS = [1_000_000];
const CHANGES = [10, 1_000_000];
const SMALL_ROW = 100;
const LARGE_ROW = 4 * 1024 * 1024;
/** 512 MiB of large rows: more than a worker may ever hold. */
const LARGE_ROWS = 128;
const MIB = 1024 ** 2;

export const memory: Topic = {
  name: 'memory',
  summary: 'the most memory that a worker process has resident, for loads and windows of several sizes',
  run: async (bench) => {
    const { words } = await localStore(bench);
    const lines: string[][] = [];
    for (const rows of bench.options.rows ?? ROWS) lines.push(await ofLoad(bench, rows, SMALL_ROW));
    lines.push(await ofLoad(bench, LARGE_ROWS, LARGE_ROW));
    lines.push(...(await ofWindows(bench)));
    return [report(lines, words)];
  },
};

const report = (lines: string[][], store: string): Report => ({
  question: 'how much memory does a worker have resident at its peak?',
  columns: ['what', 'peak, MiB'],
  rows: lines,
  conditions: [
    'VmHWM of the worker process, bundled as the functions are, Node with the options of the deployed worker; each line a process of its own',
    `default options, ${store}; windows: one UPDATE, spread over a table of ${SHAPE}`,
  ],
});

async function ofLoad(bench: Bench, rows: number, bytes: number): Promise<string[]> {
  const table = await sizedRows(bench, rows, bytes);
  const { choice } = await localStore(bench);
  const worker = await TaskWorker.start(bench, benchTask(bench, { tables: [table.mapping] }), choice);
  await worker.next('progress', ({ step }) => step.phase === 'window');
  const line = lineOf(`first copy of ${rows} rows of ${bytes} bytes`, await worker.usage());
  bench.tell(line.join(': '));
  await worker.drop();
  await table.drop();
  return line;
}

/** A worker that goes on where another one has done the load, as the next invocation does. */
async function ofWindows(bench: Bench): Promise<string[][]> {
  const rows = Math.max(...(bench.options.rows ?? ROWS));
  const { choice } = await localStore(bench);
  const table = await followedByUs(bench, rows, choice);
  const lines: string[][] = [];
  let { worker } = table;
  for (const [i, changes] of (bench.options.changes ?? CHANGES).entries()) {
    if (changes > rows) continue;
    worker = await TaskWorker.start(bench, await worker.stop(), choice);
    const spread = new Spread(rows, changes);
    await change(bench.source, table.from, spread, -1 - i);
    await worker.window();
    // It may take as long as it takes; but then everything is there.
    await arrived(bench.sink, table.to, spread, -1 - i);
    lines.push(lineOf(`window of ${changes} changes, table of ${rows} rows`, await worker.usage()));
    bench.tell(lines.at(-1)?.join(': ') ?? '');
  }
  await worker.drop();
  await table.drop();
  return lines;
}

const lineOf = (what: string, { peakMemory }: Usage): string[] => [what, short(peakMemory / MIB)];
