import { setTimeout as delay } from 'node:timers/promises';
import { CdcError } from '../../../lib/errors.ts';
import { requestVerification } from '../../../lib/commands/request-verification.ts';
import { dropTask, pauseTask, restartTask, resumeTask } from '../../../lib/commands/control-task.ts';
import { type CreateContext, createTask } from '../../../lib/commands/create-task.ts';
import { editTask } from '../../../lib/commands/edit-task.ts';
import type { TaskEdit } from '../../../lib/task/edit-spec.ts';
import type { TaskSpec } from '../../../lib/task/task.ts';
import type { TaskStore } from '../../../lib/store/task-store.ts';
import type { Choices } from '../choices.ts';
import type { Journal } from '../journal.ts';
import type { Actor } from './actor.ts';
import { SHAPE_TABLES } from './schema-writer.ts';

/** What a command may answer in a storm, when the moment is wrong or an end is not there. */
const REFUSED = new Set(
  `TASK_NOT_RUNNING TASK_EDIT_CONFLICT TASK_EDIT_UNDER_WAY TASK_DROPPING TASK_NOT_FOUND TASK_REJECTED TASK_EXISTS
   STORE_ERROR STORE_THROTTLED SOURCE_UNREACHABLE SINK_UNREACHABLE SOURCE_ERROR SINK_ERROR REQUEST_INVALID`.split(
    /\s+/u,
  ),
);

const WEIGHTS = { pause: 10, resume: 8, edit: 10, verify: 6, resync: 4, restart: 1, anew: 1 } as const;

const GONE_WITHIN = 60_000;
const AGAIN = 300;

/** A user who asks for something else all the time. */
export class Commander implements Actor {
  readonly name = 'commander';
  readonly #context: CreateContext;
  /** Reads without faults. */
  readonly #truth: TaskStore;
  readonly #spec: TaskSpec;
  readonly #choices: Choices;
  readonly #journal: Journal;
  readonly #clearSink: () => Promise<void>;
  readonly #duringPause: () => Promise<void>;
  /** What no command should have answered. */
  readonly complaints: string[] = [];
  /** What was last answered to a `create`, where that was refused. */
  #refusal = '';
  /** Tests whether a source table may have been taken out of the task for a while. */
  readonly #takenOut: ((table: string) => boolean)[] = [];
  /** Of all tasks there ever were. */
  readonly ids = new Set<string>();

  /**
   * `clearSink`: takes away what a dropped task has left at the sink. `duringPause`: what befalls the source while the task
   * is paused, or may be.
   */
  constructor(
    context: CreateContext,
    truth: TaskStore,
    spec: TaskSpec,
    choices: Choices,
    journal: Journal,
    clearSink: () => Promise<void>,
    duringPause: () => Promise<void>,
  ) {
    this.#clearSink = clearSink;
    this.#duringPause = duringPause;
    this.#context = context;
    this.#truth = truth;
    this.#spec = spec;
    this.#choices = choices;
    this.#journal = journal;
  }

  pause(): number {
    return this.#choices.between(500, 8_000);
  }

  close(): void {
    // Holds nothing.
  }

  /** Tries until there is a task; else says why there is none. */
  async create(wanted: () => boolean): Promise<string | undefined> {
    const { signal } = new AbortController();
    for (let tries = 1; wanted(); tries += 1) {
      const spec = tries === 1 ? this.#spec : withoutShapes(this.#spec);
      await this.#try('create', () => createTask(this.#context, spec, signal));
      const record = await this.#truth.get(this.#spec.name);
      if (record !== undefined && record.desired !== 'dropping') {
        this.ids.add(record.id);
        return undefined;
      }
      await delay(AGAIN);
    }
    return this.#refusal;
  }

  async step(wanted: () => boolean): Promise<void> {
    const { name } = this.#spec;
    const kind = this.#choices.weighted(WEIGHTS);
    const edit = this.#edit();
    const wait = this.#choices.pick([0, 200, 2_000, 6_000]);
    switch (kind) {
      case 'pause':
        await this.#try('pause', () => pauseTask(this.#context, name));
        await this.#duringPause();
        await delay(wait);
        await this.#try('resume', () => resumeTask(this.#context, name));
        return;
      case 'resume':
        await this.#try('resume', () => resumeTask(this.#context, name));
        return;
      case 'edit':
        this.#note(edit);
        await this.#try('edit', () => editTask(this.#context, name, edit, new AbortController().signal), edit);
        return;
      case 'verify':
      case 'resync':
        await this.#try(kind, () => requestVerification(this.#context, name, kind, undefined));
        return;
      case 'restart':
        await this.#try('restart', () => restartTask(this.#context, name));
        return;
      case 'anew':
        await this.#anew(wanted);
    }
  }

  /** Its sink table is then what it was, whatever becomes of it at the source. */
  mayHaveBeenOut(table: string): boolean {
    return this.#takenOut.some((test) => test(table));
  }

  #note({ exclude = [], removeDatabases = [], removeTables = [] }: TaskEdit): void {
    this.#takenOut.push(
      ...exclude.map((pattern) => (table: string) => new RegExp(pattern, 'u').test(table)),
      ...removeDatabases.map((database) => (table: string) => table.startsWith(`${database}.`)),
      (table: string) => removeTables.includes(table),
    );
  }

  async #anew(wanted: () => boolean): Promise<void> {
    await this.#try('drop', () => dropTask(this.#context, this.#spec.name));
    const until = Date.now() + GONE_WITHIN;
    for (;;) {
      const record = await this.#truth.get(this.#spec.name);
      // The command itself may have been lost.
      if (record !== undefined && record.desired !== 'dropping') return;
      if (record === undefined) break;
      if (Date.now() > until || !wanted()) return;
      await delay(AGAIN);
    }
    await this.createAnew(wanted);
  }

  /** In the place of one that is gone, whose sink tables are still there, of shapes that the source's need not have. */
  async createAnew(wanted: () => boolean): Promise<string | undefined> {
    await this.#clearSink();
    return await this.create(wanted);
  }

  #edit(): TaskEdit {
    const choices = this.#choices;
    const rows = choices.pick([20, 500, 100_000]);
    if (this.#spec.level === 'database') {
      const last = this.#spec.databases.at(-1);
      const pair = last === undefined ? [] : [last];
      return choices.pick<TaskEdit>([
        { exclude: [] },
        { exclude: ['[.]tally$'] },
        { exclude: ['[.]shape_[12]$', '[.]bag$'] },
        { addDatabases: pair },
        { removeDatabases: pair.map(({ source }) => source) },
        { options: { transactionRows: rows } },
      ]);
    }
    const mapping = this.#spec.tables[choices.below(this.#spec.tables.length)];
    if (mapping === undefined) return {};
    const [source, sink] = [mapping.source, mapping.sink].map(({ database, table }) => `${database}.${table}`);
    if (source === undefined || sink === undefined) return {};
    return choices.pick<TaskEdit>([
      { addTables: [{ source, sink }] },
      { removeTables: [source] },
      {
        addTables: this.#spec.tables.map((one) => ({
          source: `${one.source.database}.${one.source.table}`,
          sink: `${one.sink.database}.${one.sink.table}`,
        })),
      },
      { options: { transactionRows: rows } },
    ]);
  }

  async #try(command: string, run: () => Promise<unknown>, detail: object = {}): Promise<void> {
    try {
      await run();
      this.#journal.note(this.name, command, JSON.stringify(detail));
    } catch (error) {
      this.#journal.note(this.name, `${command} refused`, String(error));
      if (command === 'create') this.#refusal = String(error);
      if (!(error instanceof CdcError) || !REFUSED.has(error.code))
        this.complaints.push(`${command}: ${String(error)}`);
    }
  }
}

/** Of tables that come and go some are never there: an edit may take them in. */
const withoutShapes = (spec: TaskSpec): TaskSpec => ({
  ...spec,
  tables: spec.tables.filter(({ source }) => !SHAPE_TABLES.some((table) => table === source.table)),
});
