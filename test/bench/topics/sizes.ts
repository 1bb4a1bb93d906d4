import { nodeOfSize } from '../lambda-size.ts';
import { localStore, type LocalStore } from '../local-store.ts';
import { type SizedRows, sizedRows } from '../sides/sized-rows.ts';
import { median, short } from '../statistics.ts';
import type { Bench, Report, Topic } from '../topic.ts';
import { benchTask } from '../worker/bench-task.ts';
import { TaskWorker } from '../worker/task-worker.ts';

const MEGABYTES = [256, 512, 1_024];
const ROWS = 1_000_000;
const SMALL_ROW = 100;
const LARGE_ROW = 4 * 1024 * 1024;
const LARGE_ROWS = 64;
const LOOKS = 15;
const MIB = 1024 ** 2;

export const sizes: Topic = {
  name: 'sizes',
  summary: 'what a worker does in the memory and with the processor that Lambda gives it at 256, 512 and 1,024 MB',
  run: async (bench) => {
    const store = await localStore(bench);
    const rows = bench.options.rows?.[0] ?? ROWS;
    const lines: string[][] = [];
    for (const megabytes of MEGABYTES) {
      const node = await nodeOfSize(bench.cleanup, megabytes);
      const small = await ofRows(bench, store, node, rows, SMALL_ROW);
      const large = await ofRows(bench, store, node, LARGE_ROWS, LARGE_ROW);
      lines.push([String(megabytes), ...small, ...large.slice(0, 2)]);
      bench.tell(lines.at(-1)?.join(' | ') ?? '');
    }
    return [report(rows, store, lines)];
  },
};

const report = (rows: number, store: LocalStore, lines: string[][]): Report => ({
  question: 'how much memory should a worker have?',
  columns: [
    ...['MB', `load of ${rows} rows: s`, 'peak: MiB', 'a look, first run: ms', 'a look, later runs: ms'],
    ...[`window of ${Math.ceil(rows / 3)} rows: s`, 'peak: MiB', `load of ${LARGE_ROWS} rows of 4 MiB: s`, 'peak: MiB'],
  ],
  rows: lines,
  conditions: [
    'control groups limit the worker process to so many MB of memory and to their share of a processor (1,769 MB are one); servers are not limited',
    `mode tick, otherwise default options, ${store.words}; bundled as the functions are, Node with the options of the deployed worker`,
    `small rows: ${SMALL_ROW} bytes; the window is one UPDATE of every third row; looks find nothing: median of ${LOOKS} runs of one process`,
    '-: the process was ended for want of memory',
  ],
});

/** Load, looks and a window: seconds, MiB, milliseconds, milliseconds, seconds, MiB. Dashes from where it dies. */
async function ofRows(bench: Bench, store: LocalStore, node: string, rows: number, bytes: number): Promise<string[]> {
  const table = await sizedRows(bench, rows, bytes);
  const cells: string[] = [];
  try {
    await measure(bench, store, node, table, (cell) => cells.push(cell));
  } catch (error) {
    bench.tell(String(error));
  }
  await table.drop();
  return Array.from({ length: 6 }, (_, i) => cells[i] ?? '-');
}

async function measure(
  bench: Bench,
  { choice }: LocalStore,
  node: string,
  table: SizedRows,
  tell: (cell: string) => void,
): Promise<void> {
  const task = benchTask(bench, { tables: [table.mapping] }, { mode: 'tick' });
  const loader = await TaskWorker.start(bench, task, choice, node);
  const peak = async (worker: TaskWorker): Promise<string> => short((await worker.usage()).peakMemory / MIB);
  tell(short((await loader.wholeRun()) / 1_000));
  tell(await peak(loader));
  const record = await loader.stop();
  const worker = await TaskWorker.start(bench, record, choice, node);
  tell(short(await worker.wholeRun()));
  const again = async (): Promise<number> => {
    worker.again(record, choice);
    return await worker.wholeRun();
  };
  const looks: number[] = [];
  for (let i = 0; i < LOOKS; i += 1) looks.push(await again());
  tell(short(median(looks)));
  const { database, table: name } = table.mapping.source;
  await bench.source.run(`update ${database}.${name} set v = concat('x', substring(v, 2)) where id % 3 = 0`);
  tell(short((await again()) / 1_000));
  tell(await peak(worker));
  await worker.drop();
}
