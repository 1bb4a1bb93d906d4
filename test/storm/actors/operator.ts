import { setTimeout as delay } from 'node:timers/promises';
import { resumeTask } from '../../../lib/commands/control-task.ts';
import type { CommandContext } from '../../../lib/commands/command-context.ts';
import type { TaskRecord } from '../../../lib/record/task-record.ts';
import type { TaskStore } from '../../../lib/store/task-store.ts';
import type { Journal } from '../journal.ts';
import type { Actor } from './actor.ts';

const LOOK = 250;

/**
 * Looks at the task. One error alone is an operator's to mend in a storm: a table that was taken out of the task comes
 * back with other columns than the sink's. The operator does what the error says: drops the sink table, and resumes.
 */
export class Operator implements Actor {
  readonly name = 'operator';
  readonly #context: CommandContext;
  readonly #truth: TaskStore;
  readonly #task: string;
  readonly #journal: Journal;
  readonly #mayHaveBeenOut: (source: string) => boolean;
  readonly #dropSinkTable: (source: string) => Promise<void>;
  readonly complaints: string[] = [];

  constructor(
    context: CommandContext,
    truth: TaskStore,
    task: string,
    journal: Journal,
    mayHaveBeenOut: (source: string) => boolean,
    dropSinkTable: (source: string) => Promise<void>,
  ) {
    this.#context = context;
    this.#truth = truth;
    this.#task = task;
    this.#journal = journal;
    this.#mayHaveBeenOut = mayHaveBeenOut;
    this.#dropSinkTable = dropSinkTable;
  }

  pause(): number {
    return LOOK;
  }

  close(): void {
    // Holds nothing.
  }

  async step(): Promise<void> {
    const record = await this.#truth.get(this.#task);
    if (record === undefined) return;
    this.#lookAtCheck(record);
    const { error } = record;
    if (error === undefined || error.retry) return;
    this.#journal.note(this.name, `sees ${error.code}`, `${error.table ?? ''} ${error.message}`);
    if (error.code !== 'SINK_TABLE_MISMATCH' || error.table === undefined || !this.#mayHaveBeenOut(error.table)) {
      this.complaints.push(`The task failed: ${error.code} ${error.message}`);
      return;
    }
    await this.#dropSinkTable(error.table);
    await resumeTask(this.#context, this.#task);
    await delay(LOOK);
  }

  /** A verify compares at a checkpoint: whatever it finds is a fault of the product. */
  #lookAtCheck({ progress: { check } }: TaskRecord): void {
    if (check === undefined || check.tablesDiffering === 0) return;
    this.complaints.push(`${check.kind} ${check.number} found differences: ${JSON.stringify(check.tables)}`);
  }
}
