import type { ErrorCode } from '../error-codes.ts';
import { CdcError } from '../errors.ts';
import type { BucketSums, Checksum } from '../data/buckets.ts';
import { carriedColumns, type Column, type Row, type TableSchema } from '../data/change.ts';
import { isWhole } from '../data/key-position.ts';
import type { RowBlock } from '../data/row-block.ts';
import type { SinkTable } from '../replication/endpoints/sink-tables.ts';
import type { KeyRange, RowSet } from '../replication/endpoints/source.ts';
import type { Dialect } from './dialect/dialect.ts';
import { quoteName, quoteTable } from '../sql/identifier.ts';
import { keyColumns } from '../sql/key-range.ts';
import { readBucketSums, readChecksum, type RowHashing, rowSetCondition } from '../sql/range-checksum.ts';
import type { Connection, ResultSet } from '../wire/connection.ts';
import type { ConnectionPool } from '../wire/connection-pool.ts';
import type { SinkColumns } from './schema/sink-columns.ts';
import { keyStatements, type Writing } from '../sql/statements.ts';
import { rowForm } from './dialect/value-form.ts';

/** The server cannot pack some column, or only a whole chunk exceeds a limit: compare rows without a checksum. */
const NO_CHECKSUM: ReadonlySet<ErrorCode> = new Set(['SINK_ERROR', 'SINK_ROW_REJECTED', 'SINK_TIMEOUT']);

type Types = ReadonlyMap<string, string>;

/** Reads what the sink tables hold. */
export class SinkRows {
  readonly #pool: ConnectionPool;
  readonly #dialect: Dialect;
  readonly #columns: SinkColumns;
  readonly #writing: Writing;

  constructor(pool: ConnectionPool, dialect: Dialect, columns: SinkColumns, writing: Writing) {
    this.#pool = pool;
    this.#dialect = dialect;
    this.#columns = columns;
    this.#writing = writing;
  }

  async *range(table: SinkTable, set: RowSet): AsyncGenerator<RowBlock, void, undefined> {
    yield* this.#streaming(table, (own, types) => [
      `${this.#select(own, types)} where ${this.#condition(own, set, types)}`,
    ]);
  }

  async *keys(table: SinkTable, rows: readonly Row[]): AsyncGenerator<RowBlock, void, undefined> {
    yield* this.#streaming(table, (own, types) => {
      const writing = writingFor(this.#writing, this.#dialect, types);
      return keyStatements(this.#select(own, types), own.schema, rows, writing);
    });
  }

  async keepsOrder(table: SinkTable): Promise<boolean> {
    return this.#ordersAlike(table, await this.#pool.use((connection) => this.#columns.types(connection, table)));
  }

  checksum(table: SinkTable, range: KeyRange): Promise<Checksum | undefined> {
    return this.#summed(table, range, readChecksum, (hashing, from, condition) =>
      hashing.checksumQuery(from, condition),
    );
  }

  bucketSums(table: SinkTable, range: KeyRange, of: number): Promise<BucketSums | undefined> {
    return this.#summed(table, range, readBucketSums, (hashing, from, condition) =>
      hashing.bucketQuery(from, condition, of),
    );
  }

  /** Undefined when sums would not be comparable with those of the source, or when the server cannot compute them. */
  async #summed<T>(
    table: SinkTable,
    range: KeyRange,
    read: (result: ResultSet) => T,
    queryOf: (hashing: RowHashing, from: string, condition: string) => string,
  ): Promise<T | undefined> {
    try {
      return await this.#pool.use(async (connection) => {
        const types = await this.#columns.fresh(connection, table);
        if (!isWhole(range) && !this.#ordersAlike(table, types)) return undefined;
        const own = await this.#columns.spelled(connection, table);
        const hashing = this.#hashing(own.schema, types);
        if (hashing === undefined) return undefined;
        const sql = queryOf(hashing, quoteTable(own.name), this.#condition(own, range, types));
        return read(await connection.query(sql));
      });
    } catch (error) {
      if (error instanceof CdcError && NO_CHECKSUM.has(error.code)) return undefined;
      throw error;
    }
  }

  async comparedForm(table: SinkTable): Promise<((row: Row) => Row) | undefined> {
    const types = await this.#pool.use((connection) => this.#columns.fresh(connection, table));
    return rowForm(
      carriedColumns(table.schema).map((column) => this.#dialect.valueForm(column, typeOf(types, column) ?? '')),
    );
  }

  #ordersAlike({ schema }: SinkTable, types: Types): boolean {
    return keyColumns(schema).every((column) => this.#dialect.ordersAlike(column.type, typeOf(types, column) ?? ''));
  }

  #condition({ schema }: SinkTable, set: RowSet, types: Types): string {
    return rowSetCondition(
      schema,
      set,
      (column) => this.#dialect.rangeLiteralOf(column.type, typeOf(types, column)),
      set.buckets && this.#hashing(schema, types),
    );
  }

  #hashing(schema: TableSchema, types: Types): RowHashing | undefined {
    return this.#dialect.hashing(schema, (column) => typeOf(types, column) ?? '');
  }

  #select({ name, schema }: SinkTable, types: Types): string {
    const columns = carriedColumns(schema).map((column) =>
      this.#dialect.selectedValue(quoteName(column.name), typeOf(types, column) ?? ''),
    );
    return `select ${columns.join(', ')} from ${quoteTable(name)}`;
  }

  /** Runs the statements one after another, on a connection of its own. */
  async *#streaming(
    table: SinkTable,
    statementsOf: (own: SinkTable, types: Types) => Iterable<string>,
  ): AsyncGenerator<RowBlock, void, undefined> {
    const connection: Connection = await this.#pool.acquire();
    let complete = false;
    try {
      const own = await this.#columns.spelled(connection, table);
      const types = await this.#columns.types(connection, table);
      for (const statement of statementsOf(own, types)) yield* connection.stream(statement);
      complete = true;
    } finally {
      if (complete) this.#pool.release(connection);
      else this.#pool.discard(connection);
    }
  }
}

const typeOf = (types: Types, { name }: Column): string | undefined => types.get(name.toLowerCase());

/** Writes values for the types that the sink table's columns have. */
export const writingFor = (writing: Writing, dialect: Dialect, types: Types): Writing => ({
  ...writing,
  literalOf: (column) => dialect.literalOf(column.type, typeOf(types, column)),
});
