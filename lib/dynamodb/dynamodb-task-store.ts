import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { type Clock, systemClock } from '../clock.ts';
import { CdcError } from '../errors.ts';
import { type CheckRequest, type TaskRecord, selectionBefore } from '../record/task-record.ts';
import { sameSelection } from '../task/edit-spec.ts';
import { editRefusal } from '../record/edit-refusal.ts';
import type { TaskStore } from '../store/task-store.ts';
import type { TaskSpec } from '../task/task.ts';
import { editTransition } from './edit-transition.ts';
import { raiseOnce } from './raise-once.ts';
import { readTaskItem } from './read-item.ts';
import { fromItem, type TaskItem, tokenIn, toItem } from './task-item.ts';
import { readTaskItems } from './task-listing.ts';
import type { TaskTable } from './task-table.ts';
import { refusedItem, transition, type TransitionOutcome } from './transition.ts';

/**
 * An item may have 400 KB. After an edit it holds two selections; the progress has a bound of its own (item-size.ts).
 */
const MAX_SPEC_BYTES = 120 * 1024;
const MAX_EDITED_BYTES = 150 * 1024;

const RUN = '#desired = :desired, #runningSince = :now';

/** Called for each item that cannot be read while tasks are listed. */
export type BrokenItemListener = (error: CdcError) => void;

export class DynamoDbTaskStore implements TaskStore {
  readonly #table: TaskTable;
  readonly #onBrokenItem: BrokenItemListener;
  readonly #clock: Pick<Clock, 'now'>;

  /** Without a listener, a broken item fails the whole list, so that nobody takes the other tasks for all tasks. */
  constructor(
    table: TaskTable,
    onBrokenItem: BrokenItemListener = (error) => {
      throw error;
    },
    clock: Pick<Clock, 'now'> = systemClock,
  ) {
    this.#table = table;
    this.#onBrokenItem = onBrokenItem;
    this.#clock = clock;
  }

  async create(record: TaskRecord): Promise<void> {
    refuseOversize(record.spec);
    const command = new PutCommand({
      TableName: this.#table.name,
      Item: toItem(record),
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await this.#table.documents.send(command);
    } catch (error) {
      const found = refusedItem('create the task', error);
      // The SDK repeats a request if its answer was lost. Then the task that it finds is the one it has just created.
      if (found?.['id'] === record.id) return;
      throw new CdcError('TASK_EXISTS', `There is a task named "${record.spec.name}" already.`);
    }
  }

  async get(name: string): Promise<TaskRecord | undefined> {
    const item = await readTaskItem(this.#table, name);
    return item === undefined ? undefined : fromItem(item);
  }

  async list(): Promise<TaskRecord[]> {
    const items = await readTaskItems(this.#table);
    return items.flatMap((item) => this.#read(item)).sort((a, b) => (a.spec.name < b.spec.name ? -1 : 1));
  }

  async setDesired(name: string, desired: 'running' | 'paused'): Promise<TaskRecord> {
    const outcome = await transition(this.#table, name, {
      step: `set the task to ${desired}`,
      update: desired === 'running' ? `SET ${RUN} REMOVE #error` : 'SET #desired = :desired',
      condition: 'attribute_exists(#pk) AND #desired <> :dropping',
      values: {
        ':desired': desired,
        ':dropping': 'dropping',
        ...(desired === 'running' ? { ':now': this.#clock.now() } : {}),
      },
    });
    return commanded(name, outcome);
  }

  async restart(name: string): Promise<TaskRecord> {
    const outcome = await raiseOnce(this.#table, name, {
      step: 'restart the task',
      number: 'generation',
      update: `#restartToken = :token, ${RUN} REMOVE #error`,
      values: (token) => ({ ':token': token, ':desired': 'running', ':now': this.#clock.now() }),
      tokenOf: (item) => item['restartToken'],
    });
    return commanded(name, outcome);
  }

  async check(name: string, kind: CheckRequest['kind'], tables: readonly string[] | undefined): Promise<TaskRecord> {
    const outcome = await raiseOnce(this.#table, name, {
      step: `ask for ${kind}`,
      number: 'checks',
      update: '#check = :check',
      values: (token) => ({ ':check': { kind, tables, token } }),
      tokenOf: (item) => tokenIn(item['check']),
    });
    return commanded(name, outcome);
  }

  async edit(seen: TaskRecord, spec: TaskSpec): Promise<TaskRecord> {
    refuseOversize(spec);
    if (!sameSelection(seen.spec, spec)) refuseOversize([spec, selectionBefore(seen)], MAX_EDITED_BYTES);
    // The SDK repeats a request if its answer was lost. By the token we know our own edit from an equal edit of
    // somebody else.
    const token = randomUUID();
    const { applied, item } = await transition(this.#table, seen.spec.name, editTransition(seen, spec, token));
    const found = item === undefined ? undefined : fromItem(item);
    if (found !== undefined && (applied || item?.['editToken'] === token)) return found;
    throw editRefusal(seen, found);
  }

  async drop(name: string, force = false): Promise<TaskRecord> {
    const outcome = await transition(this.#table, name, {
      step: 'drop the task',
      update: `SET #desired = :dropping${force ? ', #forced = :forced' : ''}`,
      condition: 'attribute_exists(#pk)',
      values: { ':dropping': 'dropping', ...(force ? { ':forced': true } : {}) },
    });
    return commanded(name, outcome);
  }

  #read(item: TaskItem): TaskRecord[] {
    try {
      return [fromItem(item)];
    } catch (error) {
      if (!(error instanceof CdcError)) throw error;
      this.#onBrokenItem(error);
      return [];
    }
  }
}

function commanded(name: string, { applied, item }: TransitionOutcome): TaskRecord {
  if (applied) return fromItem(item);
  if (item === undefined) throw new CdcError('TASK_NOT_FOUND', `There is no task named "${name}".`);
  throw new CdcError('TASK_DROPPING', `The task "${name}" is being dropped.`);
}

function refuseOversize(declared: unknown, most = MAX_SPEC_BYTES): void {
  const bytes = Buffer.byteLength(JSON.stringify(declared));
  if (bytes <= most) return;
  const [found, limit] = [bytes, most].map((size) => `${Math.ceil(size / 1024)} KB`);
  throw new CdcError(
    'TASK_REJECTED',
    `The task needs ${found} to store, and the limit is ${limit}. Spread its tables over several tasks.`,
  );
}
