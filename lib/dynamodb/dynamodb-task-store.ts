import { randomUUID } from 'node:crypto';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { type Clock, systemClock } from '../clock.ts';
import { CdcError } from '../errors.ts';
import type { TaskBrief } from '../record/brief/task-brief.ts';
import { type CheckRequest, type TaskRecord, selectionBefore } from '../record/task-record.ts';
import { sameSelection } from '../task/edit-spec.ts';
import { editRefusal } from '../record/edit-refusal.ts';
import type { TaskStore } from '../store/task-store.ts';
import type { TaskSpec, TableKey } from '../task/task.ts';
import { editTransition } from './edit-transition.ts';
import { raiseOnce } from './raise-once.ts';
import { ITEM_VERSION, versionOf } from './items/item-version.ts';
import { isOf, readParts, readTaskItem, wholeItem } from './read-item.ts';
import { partItems, splitItem } from './items/task-parts.ts';
import { fromItem, tokenIn, toItem } from './items/task-item.ts';
import { listTasks } from './task-listing.ts';
import type { TaskTable } from './task-table.ts';
import { despiteConflicts, refusedItem, transition, transitionWith, type TransitionOutcome } from './transition.ts';

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
    const { name } = record.spec;
    const { meta, parts } = splitItem(toItem(record), 'new');
    const guard = {
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
    const TransactItems = [meta, ...partItems(name, parts)].map((Item, i) => ({
      Put: { TableName: this.#table.name, Item, ...(i === 0 ? guard : {}) },
    }));
    try {
      await despiteConflicts(() => this.#table.documents.send(new TransactWriteCommand({ TransactItems })));
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

  async *list(after?: string): AsyncGenerator<TaskBrief, void, undefined> {
    for await (const listed of listTasks(this.#table, after)) {
      if ('brief' in listed) yield listed.brief;
      else this.#onBrokenItem(listed.error);
    }
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
    return await this.#commanded(name, outcome);
  }

  async restart(name: string): Promise<TaskRecord> {
    const outcome = await raiseOnce(this.#table, name, {
      step: 'restart the task',
      number: 'generation',
      update: `#restartToken = :token, ${RUN} REMOVE #error`,
      values: (token) => ({ ':token': token, ':desired': 'running', ':now': this.#clock.now() }),
      tokenOf: (item) => item['restartToken'],
    });
    return await this.#commanded(name, outcome);
  }

  async check(name: string, kind: CheckRequest['kind'], tables: readonly TableKey[] | undefined): Promise<TaskRecord> {
    const outcome = await raiseOnce(this.#table, name, {
      step: `ask for ${kind}`,
      number: 'checks',
      update: '#check = :check',
      values: (token) => ({ ':check': { kind, tables, token } }),
      tokenOf: (item) => tokenIn(item['check']),
    });
    return await this.#commanded(name, outcome);
  }

  async edit(seen: TaskRecord, spec: TaskSpec): Promise<TaskRecord> {
    refuseOversize(spec);
    if (!sameSelection(seen.spec, spec)) refuseOversize([spec, selectionBefore(seen)], MAX_EDITED_BYTES);
    // The SDK repeats a request if its answer was lost. By the token we know our own edit from an equal edit of
    // somebody else.
    const token = randomUUID();
    const { name } = seen.spec;
    const { change, puts } = editTransition(seen, spec, token);
    const { applied, item } = await transitionWith(this.#table, name, change, puts);
    const found = await this.get(name);
    if (found?.id === seen.id && (applied || item?.['editToken'] === token)) return found;
    if (item !== undefined && versionOf(item) < ITEM_VERSION) throw oldTask(name);
    throw editRefusal(seen, found);
  }

  async drop(name: string, force = false): Promise<TaskRecord> {
    const outcome = await transition(this.#table, name, {
      step: 'drop the task',
      update: `SET #desired = :dropping${force ? ', #forced = :forced' : ''}`,
      condition: 'attribute_exists(#pk)',
      values: { ':dropping': 'dropping', ...(force ? { ':forced': true } : {}) },
    });
    return await this.#commanded(name, outcome);
  }

  /** The task after a command. */
  async #commanded(name: string, { applied, item }: TransitionOutcome): Promise<TaskRecord> {
    const read = applied ? await readParts(this.#table, name) : undefined;
    // As the command left it, unless somebody has written the other items meanwhile.
    if (read !== undefined) return fromItem(wholeItem(isOf(read, item) ? { ...read, meta: item ?? {} } : read));
    if (item === undefined || applied) throw noTask(name);
    throw new CdcError('TASK_DROPPING', `The task "${name}" is being dropped.`);
  }
}

const noTask = (name: string): CdcError => new CdcError('TASK_NOT_FOUND', `There is no task named "${name}".`);

/** A worker of the older version may run the task: only a worker of this version may split it. */
const oldTask = (name: string): CdcError =>
  new CdcError(
    'TASK_EDIT_UNDER_WAY',
    `The task "${name}" was stored by an older version, and no worker of this version has taken it over yet.`,
  );

function refuseOversize(declared: unknown, most = MAX_SPEC_BYTES): void {
  const bytes = Buffer.byteLength(JSON.stringify(declared));
  if (bytes <= most) return;
  const [found, limit] = [bytes, most].map((size) => `${Math.ceil(size / 1024)} KB`);
  throw new CdcError(
    'TASK_REJECTED',
    `The task needs ${found} to store, and the limit is ${limit}. Spread its tables over several tasks.`,
  );
}
