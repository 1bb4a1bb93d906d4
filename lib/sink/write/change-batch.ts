import { CdcError } from '../../errors.ts';
import { isKeyless, type Row } from '../../data/change.ts';
import { byteLength, type Changes } from '../../data/row-block.ts';
import type { BatchMode, FenceStep, SinkBatch } from '../../replication/endpoints/sink.ts';
import type { SinkTable } from '../../replication/endpoints/sink-tables.ts';
import { attributeErrorsTo } from '../../data/table-error.ts';
import { tableKey, type TableKey } from '../../task/task.ts';
import type { ChunkLedger } from '../bookkeeping/chunk-ledger.ts';
import type { Fence } from '../bookkeeping/fence.ts';
import { quoteTable } from '../../sql/identifier.ts';
import type { RefusedRows, TableWriters } from './refused-row.ts';
import type { Connection } from '../../wire/connection.ts';
import type { ConnectionPool } from '../../wire/connection-pool.ts';
import type { Staging } from './staging.ts';
import { deleteEverything, deleteStatements, insertStatements, type Writing } from '../../sql/statements.ts';

const BUFFER_ROWS = 2_000;
const BUFFER_BYTES = 4 * 1024 * 1024;

interface Staged {
  readonly connection: Connection;
  readonly staging: Staging;
}

/** How rows are written, directly and by way of staging tables. */
export interface BatchWriters extends TableWriters {
  readonly staging: (connection: Connection) => Staging;
  readonly refused: RefusedRows;
}

interface Buffered {
  readonly table: SinkTable;
  readonly changes: Changes[];
}

interface Written extends Buffered {
  readonly writing: Writing;
}

/** A batch of changes. It keeps few changes in memory, and puts many into staging tables. */
export class ChangeBatch implements SinkBatch {
  readonly #mode: BatchMode;
  readonly #pool: ConnectionPool;
  readonly #fence: Fence;
  readonly #ledger: ChunkLedger;
  readonly #writers: BatchWriters;
  #buffer = new Map<TableKey, Buffered>();
  #rows = 0;
  #bytes = 0;
  #staged: Staged | undefined;
  #ended = false;

  constructor(mode: BatchMode, pool: ConnectionPool, fence: Fence, ledger: ChunkLedger, writers: BatchWriters) {
    this.#mode = mode;
    this.#pool = pool;
    this.#fence = fence;
    this.#ledger = ledger;
    this.#writers = writers;
  }

  async add(table: SinkTable, changes: Changes): Promise<void> {
    this.#guard();
    this.#hold(table, changes);
    if (this.#staged !== undefined || this.#rows > BUFFER_ROWS || this.#bytes > BUFFER_BYTES) {
      await this.#failing(() => this.#spill());
    }
  }

  async commit(step: FenceStep): Promise<void> {
    this.#guard();
    if (this.#staged === undefined) await this.#applyDirectly(step);
    else await this.#failing(() => this.#applyStaged(step));
    this.#end();
  }

  async rollback(): Promise<void> {
    const staged = this.#staged;
    this.#staged = undefined;
    this.#end();
    if (staged !== undefined) await this.#dropStages(staged);
  }

  #guard(): void {
    if (this.#ended) throw new CdcError('INTERNAL', 'This batch has ended.');
  }

  #hold(table: SinkTable, changes: Changes): void {
    const key = tableKey(table.name);
    const buffered = this.#buffer.get(key) ?? { table, changes: [] };
    this.#buffer.set(key, buffered);
    buffered.changes.push(changes);
    this.#bytes += byteLength(changes);
    this.#rows += changes.length;
  }

  #takeBuffer(): Buffered[] {
    const held = [...this.#buffer.values()];
    this.#buffer = new Map();
    this.#rows = 0;
    this.#bytes = 0;
    return held;
  }

  async #spill(): Promise<void> {
    if (this.#staged === undefined) {
      const connection = await this.#pool.acquire();
      this.#staged = { connection, staging: this.#writers.staging(connection) };
    }
    for (const { table, changes } of this.#takeBuffer()) {
      for (const part of changes) await this.#staged.staging.add(table, part);
    }
  }

  async #applyDirectly(step: FenceStep): Promise<void> {
    const buffered = this.#takeBuffer();
    try {
      await this.#pool.use(async (connection) => {
        const held = await this.#written(connection, buffered);
        await this.#fence.write(connection, step, async () => {
          await this.#claim(connection, step);
          if (this.#mode !== 'insert') await run(connection, held, deletions);
          if (this.#mode !== 'delete') await run(connection, held, insertions);
        });
      });
    } catch (error) {
      throw await this.#writers.refused.explainedAmong(error, buffered);
    }
  }

  /** Runs before the transaction: the first write to a table reads the table's description. */
  async #written(connection: Connection, held: readonly Buffered[]): Promise<Written[]> {
    const written: Written[] = [];
    for (const part of held) {
      const { table } = part;
      await attributeErrorsTo(table.schema.table, async () => {
        const writing = await this.#writers.writing(connection, table);
        written.push({ ...part, table: await this.#writers.own(connection, table), writing });
      });
    }
    return written;
  }

  async #applyStaged(step: FenceStep): Promise<void> {
    const staged = this.#staged;
    if (staged === undefined) return;
    const { connection, staging } = staged;
    await staging.finish();
    await this.#fence.write(connection, step, async () => {
      await this.#claim(connection, step);
      if (this.#mode !== 'insert') await staging.deleteAll();
      if (this.#mode !== 'delete') await staging.insertAll();
    });
    this.#staged = undefined;
    await this.#dropStages(staged);
  }

  async #claim(connection: Connection, { chunk: completed }: FenceStep): Promise<void> {
    if (completed === undefined) return;
    const { table, generation, chunk } = completed;
    await this.#ledger.markDone(connection, table.name, generation, chunk, this.#fence.epoch);
    await this.#ledger.count(connection, table.name, generation, chunk, chunk.rows);
  }

  /**
   * Drops the staging tables, because MatrixOne keeps the temporary tables of an ended session for a day. Whether
   * dropping works changes no outcome.
   */
  async #dropStages({ connection, staging }: Staged): Promise<void> {
    try {
      await staging.finish();
      await staging.drop();
      this.#pool.release(connection);
    } catch {
      this.#pool.discard(connection);
    }
  }

  /** The first error ends the batch: half of the changes may be in a staging table. */
  async #failing(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      await this.rollback();
      throw error;
    }
  }

  #end(): void {
    this.#ended = true;
    this.#takeBuffer();
  }
}

async function run(
  connection: Connection,
  held: readonly Written[],
  statementsOf: (part: Written) => Iterable<string>,
): Promise<void> {
  for (const part of held) {
    await attributeErrorsTo(part.table.schema.table, async () => {
      for (const statement of statementsOf(part)) await connection.query(statement);
    });
  }
}

const deletions = ({ table, changes, writing }: Written): Iterable<string> =>
  isKeyless(table.schema)
    ? [deleteEverything(quoteTable(table.name))]
    : deleteStatements(quoteTable(table.name), table.schema, rowsOf(changes, true), writing);

const insertions = ({ table, changes, writing }: Written): Iterable<string> =>
  insertStatements(quoteTable(table.name), table.schema, rowsOf(changes, false), writing);

function rowsOf(parts: readonly Changes[], deleted: boolean): Row[] {
  const rows: Row[] = [];
  for (const changes of parts) for (const change of changes) if (deleted || !change.deleted) rows.push(change.row);
  return rows;
}
