import { type Clock, systemClock } from '../../lib/clock.ts';
import { CdcError } from '../../lib/errors.ts';
import { briefOf, type TaskBrief } from '../../lib/record/brief/task-brief.ts';
import type { Progress } from '../../lib/record/progress.ts';
import {
  type CheckRequest,
  type Lease,
  type TaskError,
  type TaskRecord,
  type UnderWay,
  selectionBefore,
} from '../../lib/record/task-record.ts';
import { editRefusal } from '../../lib/record/edit-refusal.ts';
import { sameSelection } from '../../lib/task/edit-spec.ts';
import type { TaskSpec, TableKey } from '../../lib/task/task.ts';
import type { Acquired, LeaseKey, TaskStore, WorkerStore } from '../../lib/store/task-store.ts';

/**
 * Both interfaces of the task store, in memory. Callers share nothing with it, as with a database: it copies records on
 * the way in. What comes out is frozen, since copying it at every look took a third of the stories' time.
 */
export class MemoryStore implements TaskStore, WorkerStore {
  readonly #records = new Map<string, TaskRecord>();
  readonly #clock: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'> = systemClock) {
    this.#clock = clock;
  }

  create(record: TaskRecord): Promise<void> {
    return attempt(() => {
      if (this.#records.has(record.spec.name))
        throw new CdcError('TASK_EXISTS', `There is a task named "${record.spec.name}" already.`);
      this.#put(record);
    });
  }

  get(name: string): Promise<TaskRecord | undefined> {
    return attempt(() => this.#records.get(name));
  }

  async *list(after = ''): AsyncGenerator<TaskBrief, void, undefined> {
    const found = await attempt(() => [...this.#records.values()].filter(({ spec }) => spec.name > after));
    yield* found.sort((a, b) => (a.spec.name < b.spec.name ? -1 : 1)).map(briefOf);
  }

  setDesired(name: string, desired: 'running' | 'paused'): Promise<TaskRecord> {
    return attempt(() => {
      const record = this.#alive(name);
      const run = { runningSince: this.#clock.now(), error: undefined };
      return this.#put({ ...record, desired, ...(desired === 'running' ? run : {}) });
    });
  }

  restart(name: string): Promise<TaskRecord> {
    return attempt(() => {
      const record = this.#alive(name);
      const run = { desired: 'running', runningSince: this.#clock.now(), error: undefined } as const;
      return this.#put({ ...record, generation: record.generation + 1, ...run });
    });
  }

  check(name: string, kind: CheckRequest['kind'], tables: readonly TableKey[] | undefined): Promise<TaskRecord> {
    return attempt(() => {
      const record = this.#alive(name);
      return this.#put({ ...record, check: { number: (record.check?.number ?? 0) + 1, kind, tables } });
    });
  }

  edit(seen: TaskRecord, spec: TaskSpec): Promise<TaskRecord> {
    return attempt(() => {
      const found = this.#records.get(seen.spec.name);
      const same = sameSelection(seen.spec, spec);
      const isFree =
        found !== undefined && found.progress.selection === seen.progress.selection && !isTakingOver(found);
      const isSeen = found?.id === seen.id && found.edits === seen.edits && found.desired !== 'dropping';
      if (!isSeen || !(same || isFree)) throw editRefusal(seen, found);
      const edits = found.edits + 1;
      if (same) return this.#put({ ...found, spec, edits });
      return this.#put({ ...found, spec, edits, selection: found.selection + 1, before: selectionBefore(seen) });
    });
  }

  drop(name: string, force = false): Promise<TaskRecord> {
    return attempt(() => {
      const record = this.#existing(name);
      return this.#put({ ...record, desired: 'dropping', forced: record.forced || force });
    });
  }

  acquire(name: string, lease: Lease, now: number): Promise<Acquired> {
    return attempt((): Acquired => {
      const found = this.#records.get(name);
      if (found === undefined) return { outcome: 'gone' };
      if (found.lease !== undefined && found.lease.until > now) return { outcome: 'held', record: found };
      const record = this.#put({ ...found, lease, epoch: found.epoch + 1 });
      return { outcome: 'acquired', key: { name, id: record.id, epoch: record.epoch }, record };
    });
  }

  renew(key: LeaseKey, until: number, underWay?: UnderWay): Promise<TaskRecord> {
    return attempt(() => {
      const { record, lease } = this.#leased(key);
      if (lease.until > until) return record;
      return this.#put({ ...record, lease: { ...lease, until }, underWay: underWay ?? record.underWay });
    });
  }

  watch(key: LeaseKey): Promise<TaskRecord> {
    return attempt(() => this.#held(key));
  }

  release(key: LeaseKey): Promise<TaskRecord> {
    return attempt(() => this.#put({ ...this.#held(key), lease: undefined }));
  }

  saveProgress(key: LeaseKey, progress: Progress, leaseUntil: number, adopts?: number): Promise<TaskRecord> {
    return attempt(() => {
      const { record, lease } = this.#leased(key);
      if (adopts !== undefined && adopts !== record.selection) throw new CdcError('TASK_EDITED', 'It was edited.');
      return this.#put({ ...record, progress, lease: { ...lease, until: leaseUntil } });
    });
  }

  saveError(key: LeaseKey, error: TaskError | undefined): Promise<void> {
    return attempt(() => {
      this.#put({ ...this.#leased(key).record, error });
    });
  }

  isDropped({ name, id }: LeaseKey): Promise<boolean> {
    return attempt(() => {
      const record = this.#records.get(name);
      return record?.id !== id || record.desired === 'dropping';
    });
  }

  remove(key: LeaseKey): Promise<void> {
    return attempt(() => {
      this.#held(key);
      this.#records.delete(key.name);
    });
  }

  #existing(name: string): TaskRecord {
    const record = this.#records.get(name);
    if (record === undefined) throw new CdcError('TASK_NOT_FOUND', `There is no task named "${name}".`);
    return record;
  }

  #alive(name: string): TaskRecord {
    const record = this.#existing(name);
    if (record.desired === 'dropping') throw new CdcError('TASK_DROPPING', `The task "${name}" is being dropped.`);
    return record;
  }

  #held(key: LeaseKey): TaskRecord {
    const record = this.#records.get(key.name);
    if (record?.id === key.id && record.epoch === key.epoch) return record;
    throw new CdcError('LEASE_LOST', `The task ${key.name} is no longer this worker's.`);
  }

  #leased(key: LeaseKey): { record: TaskRecord; lease: Lease } {
    const record = this.#held(key);
    if (record.lease === undefined) throw new CdcError('LEASE_LOST', `The lease of ${key.name} was given back.`);
    return { record, lease: record.lease };
  }

  #put(record: TaskRecord): TaskRecord {
    const stored = frozenCopy(record);
    this.#records.set(stored.spec.name, stored);
    return stored;
  }
}

/** Answers in a later turn of the event loop, as a call over the network does. If `step` throws, the promise rejects. */
async function attempt<T>(step: () => T): Promise<T> {
  await Promise.resolve();
  return step();
}

/** A copy that nobody can change. Parts that nobody could change before stay as they are. */
function frozenCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  const parts = Object.entries(value).map(([name, part]): [string, unknown] => [name, frozenCopy<unknown>(part)]);
  return Object.freeze(Array.isArray(value) ? parts.map(([, part]) => part) : Object.fromEntries(parts)) as T;
}

/** Is a worker in the middle of a window that adopts an edit? Then the selection must not change. */
const isTakingOver = ({ progress: { pending, selection } }: TaskRecord): boolean =>
  pending !== undefined && pending.selection !== selection;
