import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { CdcError } from '../errors.ts';
import type { Progress } from '../record/progress.ts';
import type { TaskRecord } from '../record/task-record.ts';
import type { LeaseKey } from '../store/task-store.ts';
import { broughtForward, ITEM_VERSION, LACKING } from './items/item-version.ts';
import { readParts, wholeItem } from './read-item.ts';
import { fromItem } from './items/task-item.ts';
import { areOf, briefItem, joinItem, partItems, partsFor, splitItem, type TaskParts } from './items/task-parts.ts';
import type { TaskTable } from './task-table.ts';
import { type TogetherOutcome, type Transition, transition, transitionWith } from './transition.ts';
import type { TaskItem } from './items/task-key.ts';

/** Writes that were given up and arrive late are few. */
const TRIES = 3;

/**
 * The parts of the tasks that a worker runs, as it last read or wrote them. With them, the read of META each second is
 * enough to know the whole task, and a write of META is enough where nothing else has changed.
 */
export class KnownParts {
  readonly #table: TaskTable;
  /** Of the task that was read or written last: a process runs one task after another, hardly ever several. */
  #known: { readonly name: string; readonly parts: TaskParts } | undefined;

  constructor(table: TaskTable) {
    this.#table = table;
  }

  /** The task that META belongs to; newer than META if somebody wrote meanwhile. Undefined when the task is gone. */
  async whole({ name }: Pick<LeaseKey, 'name'>, meta: TaskItem): Promise<TaskRecord | undefined> {
    const known = this.#of(name);
    if (known !== undefined && areOf(known, meta)) return fromItem(joinItem(meta, known));
    const read = await readParts(this.#table, name);
    this.#remember(name, read?.parts);
    if (read?.parts !== undefined && !read.hasBrief) await this.#writeBrief(name, read.parts);
    return read === undefined ? undefined : fromItem(wholeItem(read));
  }

  /**
   * Writes the progress: META by `change`, and the parts that differ from those known. `of`: a text that no other write
   * of the task has used. A write that was given up may still arrive and change the parts: the condition notices it, and
   * the parts are read again.
   */
  async saved({ name }: LeaseKey, progress: Progress, of: string, change: Transition): Promise<TogetherOutcome> {
    for (let tries = 1; ; tries += 1) {
      const known = this.#of(name) ?? (await this.#readParts(name));
      const outcome = await this.#saved(name, known, progress, of, change);
      const isOther = !outcome.applied && known !== undefined && outcome.item?.['details'] !== known.of;
      if (!isOther || tries === TRIES || outcome.item?.['details'] === of) return outcome;
      this.#known = undefined;
    }
  }

  /** Undefined when the task is gone. A task of version 1 was split when its lease was taken. */
  async #readParts(name: string): Promise<TaskParts | undefined> {
    const read = await readParts(this.#table, name);
    if (read !== undefined && read.parts === undefined) {
      throw new CdcError('STORE_ERROR', `The task ${name} is not of this version any more.`);
    }
    return read?.parts;
  }

  async #saved(
    name: string,
    known: TaskParts | undefined,
    progress: Progress,
    of: string,
    change: Transition,
  ): Promise<TogetherOutcome> {
    if (known === undefined) return await transition(this.#table, name, change);
    const based = {
      ...change,
      condition: `${change.condition} AND #details = :known`,
      values: { ...change.values, ':known': known.of },
    };
    const parts = partsFor(known, progress, of);
    if (parts === known) {
      const outcome = await transition(this.#table, name, based);
      if (outcome.applied) this.#remember(name, known);
      return outcome;
    }
    // If the answer is lost, nobody knows which parts are stored.
    this.#known = undefined;
    const update = `${change.update}, #details = :details`;
    const all = { ...based, update, values: { ...based.values, ':details': of } };
    const outcome = await transitionWith(this.#table, name, all, partItems(name, parts, known));
    if (outcome.applied) this.#remember(name, parts);
    return outcome;
  }

  /** Splits a task of version 1. Returns META as it is afterwards. `condition`, `values`: as of a transition. */
  async split(
    { name, epoch }: LeaseKey,
    item: TaskItem,
    condition: string,
    values: Readonly<Record<string, unknown>>,
  ): Promise<TaskItem> {
    const of = `${epoch}.split`;
    const { meta, parts } = splitItem(broughtForward(item), of);
    // A command may have set one of them meanwhile.
    const filled = LACKING.map((name) => `#${name} = if_not_exists(#${name}, :${name})`).join(', ');
    const filling = Object.fromEntries(LACKING.map((name) => [`:${name}`, meta[name]]));
    const change = {
      step: 'bring the task forward to this version',
      update: `SET #progress = :progress, #details = :details, #version = :version, ${filled} REMOVE #spec, #before`,
      condition,
      values: { ...values, ...filling, ':progress': meta['progress'], ':details': of, ':version': ITEM_VERSION },
    };
    const { applied } = await transitionWith(this.#table, name, change, partItems(name, parts));
    if (applied) this.#remember(name, parts);
    return applied ? meta : item;
  }

  /**
   * An edit leaves BRIEF as it was, and so does an older version. A late write of BRIEF does no harm: its numbers are not
   * those of META by then. If it fails, lists read the whole task, as before.
   */
  async #writeBrief(name: string, parts: TaskParts): Promise<void> {
    const command = new PutCommand({ TableName: this.#table.name, Item: briefItem(name, parts) });
    await this.#table.documents.send(command).catch(() => undefined);
  }

  #of(name: string): TaskParts | undefined {
    return this.#known?.name === name ? this.#known.parts : undefined;
  }

  #remember(name: string, parts: TaskParts | undefined): void {
    this.#known = parts === undefined ? undefined : { name, parts };
  }
}
