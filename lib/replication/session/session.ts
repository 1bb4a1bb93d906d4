import { isCdcError } from '../../errors.ts';
import type { TaskError, TaskRecord, UnderWay } from '../../record/task-record.ts';
import type { LeaseKey } from '../../store/task-store.ts';
import { lagOf } from '../../record/lag.ts';
import { LEASE_TTL_MS } from '../../record/lease-timing.ts';
import { type Counts, NO_COUNTS } from './metrics.ts';
import { pinName } from '../../data/position.ts';
import type { Log } from '../../log.ts';
import type { Progress } from '../../record/progress.ts';
import { Mutex } from '../../concurrency/mutex.ts';
import { Reporter } from './reporter.ts';
import type { RunDeps } from './run-deps.ts';
import { StopRequested, type StopReason } from './stop.ts';

/** Ends a session, and tells its steps when to end. */
export interface SessionStop {
  /** Aborted when the session has to end at once. Its reason is a StopRequested or an error. */
  readonly signal: AbortSignal;
  readonly stopped: StopReason | undefined;
  /** Milliseconds since 1970. */
  readonly deadline: number;

  abort(reason: unknown): void;
  /** Throws when the session has to end. Call it between steps that can be left undone. */
  checkpointOrStop(): void;
}

/** The right to run the task. */
export interface HeldLease {
  readonly key: LeaseKey;
  /** The lease is ours until this time (milliseconds since 1970), as far as the store has confirmed. */
  leaseUntil: number;
  /** When progress was last stored or the lease last renewed; milliseconds since 1970. */
  readonly storedAt: number;
  /** The task as of the last look, with what the user has asked for meanwhile. */
  latest: TaskRecord;

  /**
   * Call it before making anything at source or sink that outlives the session. LEASE_LOST when the lease has run out,
   * for example during a freeze, and the task is another worker's or gone. Costs nothing as long as the lease lasts.
   */
  makeSureOfLease(): Promise<void>;
  /** A pin name that no other worker uses. */
  nextPinName(): string;
}

/** The part of the progress that the fence has (`checkpoint`, `window`), and counts that may be lost with a worker. */
export type SinkProgress = Pick<Progress, 'checkpoint' | 'window'> &
  Partial<Pick<Progress, 'rowsApplied' | 'caughtUpAt' | 'changedAt'>>;

/** What the store has of the task. */
export interface StoredTask {
  /** The task as it was when the lease was taken. */
  readonly record: TaskRecord;
  readonly progress: Progress;
  readonly error: TaskError | undefined;

  /**
   * Stores changed progress and renews the lease. `adopts`: the selection that the progress has from now on. If the
   * task was edited meanwhile, nothing is stored and the session ends.
   */
  advance(change: Partial<Progress>, adopts?: number): Promise<void>;
  /**
   * Changes progress that the fence at the sink has by now. If this worker dies, the next one reads it there, so it need
   * not be stored at once: `storeLate` does so, or the next `advance`.
   */
  appliedAtSink(change: SinkProgress): void;
  /** Stores what `appliedAtSink` left. Returns the task as stored, or undefined if there was nothing to store. */
  storeLate(): Promise<TaskRecord | undefined>;
  /** Makes sure that `progress` is what the store has: a write that failed may have been stored all the same. */
  reread(): Promise<void>;
  recordError(error: TaskError | undefined): Promise<void>;
  /**
   * Call it after a whole chunk or window has succeeded. Clears the recorded error, so that waits between tries start
   * small again.
   */
  recovered(): Promise<void>;
}

/** How far the task has come, and what the user asks for by now. */
export type TaskNow = Pick<StoredTask, 'progress'> & Pick<HeldLease, 'latest'>;

/** Counts what passes, for metrics and for `show`. */
export interface SessionMeter {
  readonly counts: Counts;
  /** When the session began, by the worker's clock; milliseconds since 1970. */
  readonly begunAt: number;

  /** Notes that rows, or an answer without rows, came from source or sink. */
  moved(rows: number, bytes: number): void;
  /** Reports the counts if it is time or the `last` chance. */
  report(last: boolean): void;
  /** Rows that came since the last stored step; undefined when nothing came since the last call. */
  takeUnderWay(): UnderWay | undefined;
}

/** Writes a log line with task, epoch and, if a window is pending, its number. */
export interface SessionLog {
  readonly log: Log;
}

/**
 * One worker's time with the lease: what the steps of the engine share. All writes to the store go through it. A step
 * that needs only a part of it asks for that part.
 */
export interface Session extends SessionStop, HeldLease, StoredTask, SessionMeter, SessionLog {
  readonly deps: RunDeps;
}

export function createSession(
  deps: RunDeps,
  key: LeaseKey,
  record: TaskRecord,
  deadline: number,
  outer: AbortSignal,
): Session {
  return new LeasedSession(deps, key, record, deadline, outer);
}

class LeasedSession implements Session {
  readonly deps: RunDeps;
  readonly key: LeaseKey;
  readonly record: TaskRecord;
  readonly deadline: number;
  readonly begunAt: number;
  readonly signal: AbortSignal;
  latest: TaskRecord;
  readonly counts: Counts = { ...NO_COUNTS };
  leaseUntil: number;
  progress: Progress;
  error: TaskError | undefined;
  readonly #reporter: Reporter;
  readonly #controller = new AbortController();
  readonly #saves = new Mutex();
  #unsure = false;
  #isBehind = false;
  #pins = 0;
  #underWay: UnderWay = { rows: 0, at: 0 };
  #toldAt = 0;

  constructor(deps: RunDeps, key: LeaseKey, record: TaskRecord, deadline: number, outer: AbortSignal) {
    this.deps = deps;
    this.key = key;
    this.record = record;
    this.latest = record;
    this.deadline = deadline;
    this.begunAt = deps.clock.now();
    this.signal = this.#controller.signal;
    // The time of the whole process is up: no error of the task.
    outer.addEventListener('abort', () => {
      this.abort(new StopRequested('deadline'));
    });
    if (outer.aborted) this.abort(new StopRequested('deadline'));
    this.#reporter = new Reporter(deps.metrics, deps.clock, () => this.#logFields);
    this.leaseUntil = record.lease?.until ?? 0;
    this.progress = record.progress;
    this.error = record.error;
  }

  get #logFields(): Readonly<Record<string, unknown>> {
    const { name: task, id: taskId, epoch } = this.key;
    const { pending } = this.progress;
    return { task, taskId, epoch, ...(pending === undefined ? {} : { window: pending.number }) };
  }

  readonly log: Log = (...[level, event, fields]) => {
    const write = this.deps.log;
    write(level, event, { ...this.#logFields, ...fields });
  };

  get storedAt(): number {
    return this.leaseUntil - LEASE_TTL_MS;
  }

  get stopped(): StopReason | undefined {
    const reason: unknown = this.signal.reason;
    return reason instanceof StopRequested ? reason.reason : undefined;
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  checkpointOrStop(): void {
    this.signal.throwIfAborted();
    if (this.deps.clock.now() >= this.deadline) throw new StopRequested('deadline');
  }

  async makeSureOfLease(): Promise<void> {
    if (this.deps.clock.now() >= this.leaseUntil) await this.deps.store.watch(this.key);
  }

  nextPinName(): string {
    this.#pins += 1;
    return pinName(this.key.id, this.key.epoch, this.#pins);
  }

  moved(rows: number, bytes: number): void {
    this.counts.rowsRead += rows;
    this.counts.bytesRead += bytes;
    this.#underWay = { rows: this.#underWay.rows + rows, at: this.deps.clock.now() };
  }

  report(last: boolean): void {
    this.#reporter.report(this.counts, last);
  }

  takeUnderWay(): UnderWay | undefined {
    if (this.#underWay.at <= this.#toldAt) return undefined;
    this.#toldAt = this.#underWay.at;
    return this.#underWay;
  }

  async advance(change: Partial<Progress>, adopts?: number): Promise<void> {
    await this.#saves.run(() => this.#save(change, adopts));
  }

  appliedAtSink(change: SinkProgress): void {
    this.#reportLag();
    this.progress = { ...this.progress, ...change, progressAt: this.deps.clock.now() };
    this.#isBehind = true;
    this.#underWay = { ...this.#underWay, rows: 0 };
  }

  async storeLate(): Promise<TaskRecord | undefined> {
    // Calls run one after another: a write of older progress must not come after one of newer progress.
    return await this.#saves.run(async () => (this.#isBehind ? await this.#save({}) : undefined));
  }

  async #save(change: Partial<Progress>, adopts?: number): Promise<TaskRecord> {
    const now = this.deps.clock.now();
    const known = this.progress;
    const progress = { ...known, ...change, saves: known.saves + 1, progressAt: now };
    this.#unsure = true;
    let record: TaskRecord;
    try {
      record = await this.deps.store.saveProgress(this.key, progress, now + LEASE_TTL_MS, adopts);
    } catch (error) {
      throw isCdcError(error, 'TASK_EDITED') ? new StopRequested('edited') : error;
    }
    this.#unsure = false;
    this.leaseUntil = now + LEASE_TTL_MS;
    if (change.checkpoint !== undefined) this.#reportLag();
    // A window may have been applied meanwhile.
    this.#isBehind &&= this.progress !== known;
    const { progressAt } = this.#isBehind ? this.progress : progress;
    this.progress = { ...this.progress, ...change, saves: progress.saves, progressAt };
    if (!this.#isBehind) this.#underWay = { ...this.#underWay, rows: 0 };
    return record;
  }

  #reportLag(): void {
    const lag = lagOf(this.progress, this.deps.clock.now());
    if (lag !== null) this.#reporter.lagged(lag);
  }

  async reread(): Promise<void> {
    await this.#saves.run(() => this.#reread());
  }

  async #reread(): Promise<void> {
    if (!this.#unsure) return;
    this.progress = (await this.deps.store.watch(this.key)).progress;
    this.#unsure = false;
    this.#isBehind = false;
  }

  async recordError(error: TaskError | undefined): Promise<void> {
    await this.deps.store.saveError(this.key, error);
    this.error = error;
  }

  async recovered(): Promise<void> {
    if (this.error !== undefined) await this.recordError(undefined);
  }
}
