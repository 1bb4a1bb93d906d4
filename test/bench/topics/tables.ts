import { inRounds, type Side } from '../rounds.ts';
import { LANES, ManyTables } from '../sides/many-tables.ts';
import { median, short, spread } from '../statistics.ts';
import { type Bench, freshName, type Report, type Topic } from '../topic.ts';
import { benchTask } from '../worker/bench-task.ts';
import { TaskWorker } from '../worker/task-worker.ts';

const TABLES = 1_000;
const CHANGED = 5;
const ROUNDS = 5;

export const tables: Topic = {
  name: 'tables',
  summary: 'a task on many tables of which few change: its window, against asking the server for each table',
  run: async (bench) => {
    const many = await ManyTables.create(bench, bench.options.tables ?? TABLES);
    const sink = freshName('to');
    bench.cleanup.add(() => bench.sink.run(`drop database if exists ${sink}`));
    return [await compare(bench, many, await new Windows(bench, many, sink).loaded())];
  },
};

/** The task, run by one worker after another, as the scheduled ones do in mode `tick`. */
class Windows {
  readonly fromPin: number[] = [];
  readonly #bench: Bench;
  readonly #many: ManyTables;
  readonly #sink: string;
  #worker: TaskWorker | undefined;

  constructor(bench: Bench, many: ManyTables, sink: string) {
    this.#bench = bench;
    this.#many = many;
    this.#sink = sink;
  }

  async loaded(): Promise<this> {
    const databases = [{ source: this.#many.database, sink: this.#sink }];
    this.#bench.tell('first copy …');
    this.#worker = await TaskWorker.start(
      this.#bench,
      benchTask(this.#bench, { level: 'database', databases }, { mode: 'tick' }),
    );
    await this.#worker.finished();
    return this;
  }

  /** Changes some tables, starts a worker, and waits for its window; seconds of the whole run. */
  async next(): Promise<number> {
    if (this.#worker === undefined) throw new Error('Nothing is loaded yet.');
    const record = await this.#worker.stop();
    await this.#many.change(CHANGED, freshName('v'));
    this.#worker = await TaskWorker.start(this.#bench, record);
    const { at } = await this.#worker.next('started');
    const { pin, checkpoint } = await this.#worker.window();
    this.fromPin.push((checkpoint - pin.at) / 1_000);
    await this.#worker.finished();
    return (checkpoint - at) / 1_000;
  }

  async drop(): Promise<void> {
    await this.#worker?.drop();
  }
}

async function compare(bench: Bench, many: ManyTables, windows: Windows): Promise<Report> {
  const snapshot = freshName('snapshot');
  const drop = bench.cleanup.add(() => bench.source.run(`drop snapshot ${snapshot}`));
  await bench.source.run(`create snapshot ${snapshot} for database ${many.database}`);
  const asked: Side = { name: 'asking for each table', measure: () => many.ask(snapshot) };
  const ours: Side = { name: 'ours: run of one window', measure: () => windows.next() };
  const rounds = bench.options.rounds ?? ROUNDS;
  const measured = await inRounds([asked, ours], rounds, bench.tell);
  await drop();
  await windows.drop();
  const all = [...measured, { name: 'of which from pin made to checkpoint stored', seconds: windows.fromPin }];
  const asking = median(measured[0]?.seconds ?? []);
  return {
    question: `${CHANGED} of ${many.count} tables have changed: how long does the window take?`,
    columns: ['what', 'seconds: median (range)', 'milliseconds a table', "by asking's"],
    rows: all.map(({ name, seconds }) => [
      name,
      spread(seconds),
      short((median(seconds) / many.count) * 1_000),
      `${short(median(seconds) / asking)} x`,
    ]),
    conditions: [
      `${many.count} tables of 10 rows in one database, a task at level database; one row in each of ${CHANGED} tables is updated in one transaction; ${rounds} rounds, in turn`,
      `asking: data branch diff … output count of each table since a snapshot, over ${LANES} connections`,
      'ours: mode tick, otherwise default options, store in memory, a new worker process for each run, counted from its start (connections and checks included)',
    ],
  };
}
