import { CdcError } from '../../errors.ts';
import type { Chunk, PlanPart, PlanState } from '../../replication/endpoints/chunk-plans.ts';
import { decodeKeyPosition, encodeKeyPosition, type KeyPosition } from '../../data/key-position.ts';
import { tableKey, type TableName, type TableKey, readTableKey } from '../../task/task.ts';
import type { Value } from '../../data/change.ts';
import type { Bookkeeping } from './bookkeeping.ts';
import { fenced } from './fence.ts';
import { quoteText } from '../../sql/literal.ts';
import type { Connection } from '../../wire/connection.ts';
import { statements } from '../../sql/statements.ts';

const endOrNull = (end: KeyPosition | undefined): string =>
  end === undefined ? 'null' : quoteText(encodeKeyPosition(end));
const textOf = (value: Value | undefined): string | undefined => value?.toString('utf8');

/** Refuses an end that cannot be read. An open end instead would load rows of neighbouring chunks twice. */
function endOf(value: Value | undefined): KeyPosition | undefined {
  const text = textOf(value ?? undefined);
  if (text === undefined) return undefined;
  const end = decodeKeyPosition(text);
  if (end !== undefined) return end;
  throw new CdcError('FENCE_MISMATCH', 'A chunk at the sink ends at a key that no worker of this task has written.');
}

/** Owner of chunks that only the worker that made their plan may load. */
export const NOT_SHARED = 'not shared';

/** Owner of the rest of a plan. Workers of earlier versions take it for a chunk like any other, which it is. */
export const REST = 'the rest';

export const CHUNK_COLUMNS = 'chunk, lower_key, upper_key, done, row_count, claimed_by';

export const chunkOf = ([chunk, lower, upper, done, count, owner]: readonly Value[]): Chunk => ({
  number: Number(chunk),
  range: { lower: endOf(lower), upper: endOf(upper) },
  done: Number(done) === 1,
  rows: Number(count),
  claimedBy: textOf(owner) ?? '',
  ...(textOf(owner) === REST && Number(done) === 0 ? { isRest: true } : {}),
});

/** Ranges to be stored as chunks of this epoch. */
interface PartOfEpoch extends PlanPart {
  readonly epoch: number;
}

/**
 * The plans of loads: one row per chunk, marked done in the transaction that loads the chunk. All methods run in the
 * caller's transaction. A DELETE must name a whole key or a whole prefix of the key's columns: InnoDB locks every row
 * that a DELETE examines and, with REPEATABLE READ, the gaps around it.
 */
export class ChunkLedger {
  readonly #books: Bookkeeping;

  constructor(books: Bookkeeping) {
    this.#books = books;
  }

  async read(connection: Connection, name: TableName, generation: number): Promise<Chunk[] | undefined> {
    const { rows } = await connection.query(
      `select ${CHUNK_COLUMNS} from ${this.#books.chunks}
       where ${this.#of(name)} and generation = ${generation} order by chunk`,
    );
    return rows.length === 0 ? undefined : rows.map(chunkOf);
  }

  /** The states of all plans of a generation, by sink table. */
  async states(connection: Connection, generation: number): Promise<Map<TableKey, PlanState>> {
    const { rows } = await connection.query(
      `select table_name, count(*), sum(done), sum(row_count) from ${this.#books.chunks}
       where task_id = ${this.#books.taskId} and generation = ${generation} group by table_name`,
    );
    return new Map(
      rows.map(([table, chunks, done, count]) => [
        readTableKey(textOf(table) ?? ''),
        { chunks: Number(chunks), chunksDone: Number(done), rows: Number(count) },
      ]),
    );
  }

  /** Replaces all plans of the table up to this generation. */
  async plan(connection: Connection, name: TableName, generation: number, part: PartOfEpoch): Promise<void> {
    await this.#forgetPlans(connection, name, generation);
    await this.#insert(connection, name, generation, part, 1);
  }

  async rest(connection: Connection, name: TableName, generation: number): Promise<Chunk | undefined> {
    const { rows } = await connection.query(
      `select ${CHUNK_COLUMNS} from ${this.#books.chunks}
       where ${this.#of(name)} and generation = ${generation} and claimed_by = ${quoteText(REST)} and done = 0`,
    );
    return rows.map(chunkOf)[0];
  }

  /** Throws FENCED if the chunk is not the rest any more. */
  async extend(
    connection: Connection,
    name: TableName,
    generation: number,
    rest: Chunk,
    part: PartOfEpoch,
  ): Promise<void> {
    const { affectedRows } = await connection.query(
      `delete from ${this.#books.chunks} where ${this.#row(name, generation, rest)} and done = 0
         and epoch = ${part.epoch} and claimed_by = ${quoteText(REST)}`,
    );
    if (affectedRows !== 1) throw fenced();
    await this.#insert(connection, name, generation, part, rest.number);
  }

  async #insert(
    connection: Connection,
    name: TableName,
    generation: number,
    { ranges, epoch, use = 'own', hasRest = false }: PartOfEpoch,
    first: number,
  ): Promise<void> {
    const head = `insert into ${this.#books.chunks}
      (task_id, generation, table_name, chunk, lower_key, upper_key, done, row_count, epoch, claimed_by) values `;
    const owner = use === 'shared' ? '' : NOT_SHARED;
    const items = ranges.map(({ lower, upper }, i) => {
      const isRest = hasRest && i === ranges.length - 1;
      return `(${this.#books.taskId}, ${generation}, ${quoteText(tableKey(name))}, ${first + i},
          ${endOrNull(lower)}, ${endOrNull(upper)}, 0, 0, ${epoch}, ${quoteText(isRest ? REST : owner)})`;
    });
    for (const statement of statements(head, items)) await connection.query(statement);
  }

  /**
   * Locks the chunk and marks it done. Throws FENCED if it is done, if a newer epoch holds it, or if another worker
   * does.
   */
  async markDone(
    connection: Connection,
    name: TableName,
    generation: number,
    chunk: Chunk,
    epoch: number,
  ): Promise<void> {
    const { affectedRows } = await connection.query(
      `update ${this.#books.chunks} set done = 1
       where ${this.#row(name, generation, chunk)} and done = 0 and epoch = ${epoch}
         and claimed_by = ${quoteText(chunk.claimedBy)}`,
    );
    if (affectedRows !== 1) throw fenced();
  }

  async count(connection: Connection, name: TableName, generation: number, chunk: Chunk, rows: number): Promise<void> {
    await connection.query(
      `update ${this.#books.chunks} set row_count = ${rows} where ${this.#row(name, generation, chunk)}`,
    );
  }

  async forget(connection: Connection): Promise<void> {
    await connection.query(`delete from ${this.#books.chunks} where task_id = ${this.#books.taskId}`);
  }

  /**
   * Deletes the plans one generation at a time, and nothing if there is no plan: the chunks of other tables are locked
   * by the workers that load them.
   */
  async #forgetPlans(connection: Connection, name: TableName, upTo: number): Promise<void> {
    const { rows } = await connection.query(
      `select distinct generation from ${this.#books.chunks} where ${this.#of(name)} and generation <= ${upTo}`,
    );
    for (const [generation] of rows) {
      await connection.query(
        `delete from ${this.#books.chunks} where ${this.#of(name)} and generation = ${Number(generation)}`,
      );
    }
  }

  #of(name: TableName): string {
    return `task_id = ${this.#books.taskId} and table_name = ${quoteText(tableKey(name))}`;
  }

  #row(name: TableName, generation: number, chunk: Chunk): string {
    return `${this.#of(name)} and generation = ${generation} and chunk = ${chunk.number}`;
  }
}
