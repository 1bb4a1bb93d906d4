import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { pinPrefix } from '../../../lib/data/position.ts';
import type { TaskRecord } from '../../../lib/record/task-record.ts';
import { workerOptions } from '../../support/memory/worker.ts';
import type { Bench } from '../topic.ts';
import type { News, Order, StoreChoice, Usage } from './messages.ts';

type Of<Kind extends News['kind']> = Extract<News, { kind: Kind }>;

/** How long a worker may take to drop its task before it is ended and its snapshots are dropped for it. */
const DROP_LIMIT = 30_000;

/** A worker process with one task, seen from its parent. */
export class TaskWorker {
  readonly #child: ChildProcess;
  readonly #bench: Bench;
  readonly #taskId: string;
  readonly #heard: News[] = [];
  #wake: (() => void) | undefined;
  /** Where `next` goes on to read. */
  #read = 0;
  /** Rows applied by the last window asked for. */
  #applied = 0;

  private constructor(bench: Bench, child: ChildProcess, taskId: string) {
    this.#bench = bench;
    this.#child = child;
    this.#taskId = taskId;
    child.on('message', (news: News) => {
      this.#heard.push(news);
      this.#wake?.();
    });
    child.on('exit', () => this.#wake?.());
  }

  /** Starts the worker; the task goes when the run ends, if not before. `node`: the program that runs it. */
  static async start(
    bench: Bench,
    record: TaskRecord,
    store: StoreChoice = 'memory',
    node = process.execPath,
  ): Promise<TaskWorker> {
    const env = { ...process.env };
    delete env['NODE_OPTIONS'];
    const execArgv = (await workerOptions()).split(' ');
    const child = fork(bench.programs.worker, [], { env, execPath: node, execArgv, serialization: 'advanced' });
    const worker = new TaskWorker(bench, child, record.id);
    const drop = bench.cleanup.add(() => worker.#dropNow());
    worker.drop = drop;
    await once(child, 'spawn');
    worker.#send({ kind: 'run', record, store });
    return worker;
  }

  /** Drops the task and ends the process. */
  drop: () => Promise<void> = () => Promise.resolve();

  /** The next piece of news that is asked for; what comes before it is passed over. Throws when the run has ended. */
  async next<Kind extends News['kind']>(
    kind: Kind,
    matches: (news: Of<Kind>) => boolean = () => true,
  ): Promise<Of<Kind>> {
    for (;;) {
      const news = await this.#any();
      if (isOf(news, kind) && matches(news)) return news;
      if (news.kind === 'ended' && kind !== 'stopped' && kind !== 'dropped') throw endedEarly(news);
    }
  }

  async #any(): Promise<News> {
    for (;;) {
      const news = this.#heard[this.#read];
      if (news !== undefined) {
        this.#read += 1;
        return news;
      }
      await this.#more();
    }
  }

  /** Snapshots made at the source so far: one for each window. */
  get pins(): number {
    return this.#heard.filter(({ kind }) => kind === 'pin').length;
  }

  /** The run has come to its own end, and a good one: when, in milliseconds since 1970. */
  async finished(): Promise<number> {
    const ended = await this.next('ended');
    if (ended.report.outcome !== 'stopped') throw endedEarly(ended);
    return ended.at;
  }

  /** How long the run took from its beginning to its own end, in milliseconds. */
  async wholeRun(): Promise<number> {
    const { at } = await this.next('started');
    return (await this.finished()) - at;
  }

  /** Runs the task once more in the same process, as Lambda does. The store has to be one outside of the process. */
  again(record: TaskRecord, store: StoreChoice): void {
    this.#send({ kind: 'run', record, store });
  }

  /** The next window with changes that is completed: when its pin was made, and its checkpoint stored. */
  async window(): Promise<{ readonly pin: Of<'pin'>; readonly checkpoint: number }> {
    let pin = await this.next('pin');
    for (;;) {
      const news = await this.#any();
      if (news.kind === 'pin') pin = news;
      if (news.kind === 'ended') throw endedEarly(news);
      if (news.kind === 'progress' && !news.step.pending && news.step.rowsApplied > this.#applied) {
        this.#applied = news.step.rowsApplied;
        return { pin, checkpoint: news.at };
      }
    }
  }

  /** What has been heard, and not passed over yet, is of no interest any more. */
  forget(): void {
    this.#read = this.#heard.length;
  }

  async usage(): Promise<Usage> {
    this.#send({ kind: 'usage' });
    return (await this.next('usage')).usage;
  }

  /** Ends run and process; the task stays as it is, for another worker. */
  async stop(): Promise<TaskRecord> {
    this.#send({ kind: 'stop' });
    const { record } = await this.next('stopped');
    await this.#end();
    if (record === undefined) throw new Error('The task is gone.');
    return record;
  }

  async #dropNow(): Promise<void> {
    // A task that was stopped is the next worker's to drop, if there was one: then nothing is left of it here.
    if (this.#hasExited) {
      await this.#takeAway();
      return;
    }
    this.#send({ kind: 'drop' });
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), DROP_LIMIT);
    try {
      await this.next('dropped');
    } catch (error) {
      this.#bench.tell(`The task could not be dropped: ${String(error)}`);
      await this.#takeAway();
    } finally {
      clearTimeout(limit);
      await this.#end();
    }
  }

  /** What a task leaves behind whose worker cannot drop it: its snapshots, and its rows at the sink. */
  async #takeAway(): Promise<void> {
    const { source, sink } = this.#bench;
    const found = await source.query(`select sname from mo_catalog.mo_snapshots`);
    const names = found
      .map(([name]) => name?.toString() ?? '')
      .filter((name) => name.startsWith(pinPrefix(this.#taskId)));
    for (const name of names) await source.run(`drop snapshot ${name}`);
    for (const table of ['fence', 'chunk', 'loader'])
      await sink.run(`delete from mo_cdc.${table} where task_id = '${this.#taskId}'`);
  }

  get #hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #send(order: Order): void {
    this.#child.send(order);
  }

  async #more(): Promise<void> {
    if (this.#hasExited) throw new Error('The worker process is gone.');
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  async #end(): Promise<void> {
    if (this.#hasExited) return;
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    await exit;
  }
}

const isOf = <Kind extends News['kind']>(news: News, kind: Kind): news is Of<Kind> => news.kind === kind;

const endedEarly = ({ report, error }: Of<'ended'>): Error =>
  new Error(`The worker has ended: ${report.outcome}. ${error ?? ''}`);
