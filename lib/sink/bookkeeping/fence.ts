import { CdcError, isCdcError } from '../../errors.ts';
import { Mutex } from '../../concurrency/mutex.ts';
import type { FenceFound, FenceStep } from '../../replication/endpoints/sink.ts';
import { ensureBookkeeping, type Bookkeeping } from './bookkeeping.ts';
import { bringForward } from './bookkeeping-version.ts';
import { decodeFencePoint, encodeFencePoint } from './fence-point.ts';
import { quoteText } from '../../sql/literal.ts';
import type { Connection } from '../../wire/connection.ts';
import type { ConnectionPool } from '../../wire/connection-pool.ts';
import { CommitUnknownError, inTransaction } from '../../wire/transaction.ts';

interface Stored extends FenceFound {
  readonly epoch: bigint;
  readonly writes: bigint;
}

interface Held {
  readonly epoch: number;
  readonly writes: bigint;
}

export const fenced = (): CdcError =>
  new CdcError('FENCED', 'A newer worker holds the fence of this task at the sink: nothing was changed.');

/**
 * The task's row that says which epoch may write, and how far the sink has come. Each transaction compares and raises
 * `writes`. A worker whose COMMIT got no answer therefore cannot apply the same batch twice: it has to take over again
 * and look.
 */
export class Fence {
  readonly #pool: ConnectionPool;
  readonly #books: Bookkeeping;
  readonly #inTurn = new Mutex();
  #held: Held | undefined;
  #joined: number | undefined;

  constructor(pool: ConnectionPool, books: Bookkeeping) {
    this.#pool = pool;
    this.#books = books;
  }

  /** The epoch that was taken over or joined. */
  get epoch(): number {
    return this.#joined ?? this.#current().epoch;
  }

  /**
   * Joins as a loader of this epoch, which loads chunks and never moves the fence. Throws FENCED if the epoch is
   * another.
   */
  async join(epoch: number): Promise<void> {
    const { taskId, fence } = this.#books;
    const { rows } = await this.#pool.use((connection) =>
      connection.query(`select epoch from ${fence} where task_id = ${taskId}`),
    );
    if (big(rows[0]?.[0]) !== BigInt(epoch)) throw fenced();
    this.#joined = epoch;
  }

  async takeOver(epoch: number): Promise<FenceFound> {
    this.#held = undefined;
    await this.#ensureRow();
    const stored = await this.#pool.use((connection) =>
      inTransaction(connection, () => this.#raise(connection, epoch)),
    );
    this.#held = { epoch, writes: stored.writes + 1n };
    return { window: stored.window, batch: stored.batch, point: stored.point };
  }

  /**
   * Runs `work` in a transaction that moves the fence, to `step` if one is given. Calls run one after another, because
   * each has to know where the one before has left the fence.
   */
  write<T>(connection: Connection, step: FenceStep | undefined, work: () => Promise<T>): Promise<T> {
    return this.#inTurn.run(() => this.#write(connection, step, work));
  }

  async #write<T>(connection: Connection, step: FenceStep | undefined, work: () => Promise<T>): Promise<T> {
    const held = this.#current();
    try {
      const result = await inTransaction(connection, async () => {
        await this.#advance(connection, held, step);
        return work();
      });
      this.#held = { epoch: held.epoch, writes: held.writes + 1n };
      return result;
    } catch (error) {
      if (error instanceof CommitUnknownError || isCdcError(error, 'FENCED')) this.#held = undefined;
      throw error;
    }
  }

  /**
   * Runs one statement before which the server may commit. The fence row is locked until that commit, and `writes` is
   * raised even if the statement fails. A worker may freeze between two statements, so each is fenced by itself.
   */
  async statement(connection: Connection, sql: string): Promise<void> {
    const failed = await this.write(connection, undefined, async () => {
      try {
        await connection.query(sql);
        return undefined;
      } catch (error) {
        return { error };
      }
    });
    if (failed !== undefined) throw failed.error;
  }

  /** Deletes the task's rows and calls `more`, in one transaction. Throws FENCED if a higher epoch holds the fence. */
  async forget(epoch: number, more: (connection: Connection) => Promise<void>): Promise<void> {
    this.#held = undefined;
    await this.#pool.use((connection) =>
      inTransaction(connection, async () => {
        const stored = await this.#lock(connection);
        if (stored !== undefined && stored.epoch > BigInt(epoch)) throw fenced();
        for (const table of [this.#books.chunks, this.#books.loaders]) {
          await connection.query(`delete from ${table} where task_id = ${this.#books.taskId}`);
        }
        await more(connection);
        await connection.query(`delete from ${this.#books.fence} where task_id = ${this.#books.taskId}`);
      }),
    );
  }

  #current(): Held {
    if (this.#held !== undefined) return this.#held;
    throw new CdcError('SINK_ERROR', 'The fence at the sink must be taken over (again) before anything is written.');
  }

  async #advance(connection: Connection, held: Held, step: FenceStep | undefined): Promise<void> {
    const point =
      step?.point === undefined ? '' : `, checkpoint = ${quoteText(encodeFencePoint(step.point, this.#books.pins))}`;
    const position = step === undefined ? '' : `, \`window\` = ${step.window}, batch = ${step.batch}${point}`;
    const { affectedRows } = await connection.query(
      `update ${this.#books.fence} set writes = writes + 1, updated_at = current_timestamp${position}
       where task_id = ${this.#books.taskId} and epoch = ${held.epoch} and writes = ${held.writes}`,
    );
    if (affectedRows !== 1) throw fenced();
  }

  async #ensureRow(): Promise<void> {
    await this.#pool.use(async (connection) => {
      await ensureBookkeeping(connection, this.#books);
      await bringForward(connection, this.#books);
      const { taskId, fence } = this.#books;
      const { rows } = await connection.query(`select 1 from ${fence} where task_id = ${taskId}`);
      if (rows.length === 0) await this.#insert(connection);
    });
  }

  /** Inserts the row. Another worker may have inserted it meanwhile. */
  async #insert(connection: Connection): Promise<void> {
    const { taskId, fence } = this.#books;
    try {
      await connection.query(
        `insert into ${fence} (task_id, epoch, \`window\`, batch, writes) values (${taskId}, 0, 0, 0, 0)`,
      );
    } catch (error) {
      if (!isCdcError(error, 'SINK_DUPLICATE_KEY')) throw error;
    }
  }

  /**
   * Raises the epoch. Loaders of an older epoch lose their places, and cannot mark a chunk done any more. If the epoch
   * is ours already (a further attempt of the same worker), chunks are left alone: those being loaded are locked.
   */
  async #raise(connection: Connection, epoch: number): Promise<Stored> {
    const { taskId, fence, chunks, loaders } = this.#books;
    const stored = await this.#lock(connection);
    if (stored === undefined || stored.epoch > BigInt(epoch)) throw fenced();
    await connection.query(`update ${fence} set epoch = ${epoch}, writes = writes + 1 where task_id = ${taskId}`);
    if (stored.epoch === BigInt(epoch)) return stored;
    await connection.query(`update ${chunks} set epoch = ${epoch} where task_id = ${taskId} and done = 0`);
    await connection.query(`delete from ${loaders} where task_id = ${taskId}`);
    return stored;
  }

  async #lock(connection: Connection): Promise<Stored | undefined> {
    const { taskId, fence } = this.#books;
    const { rows } = await connection.query(
      `select epoch, writes, \`window\`, batch, checkpoint from ${fence} where task_id = ${taskId} for update`,
    );
    const [epoch, writes, window, batch, checkpoint] = rows[0] ?? [];
    if (epoch === undefined) return undefined;
    return {
      epoch: big(epoch),
      writes: big(writes),
      window: Number(window),
      batch: Number(batch),
      point: decodeFencePoint(checkpoint?.toString('latin1') ?? '', this.#books.pins),
    };
  }
}

const big = (value: Buffer | null | undefined): bigint => BigInt(value?.toString('latin1') ?? '0');
