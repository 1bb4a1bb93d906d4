import { CdcError, isCdcError } from '../../errors.ts';
import { carriedColumns, isKeyless, type Row } from '../../data/change.ts';
import { keyText, printKey } from '../../data/row-digest.ts';
import type { Rows } from '../../data/row-block.ts';
import type { SinkTable } from '../../replication/endpoints/sink-tables.ts';
import { TableError } from '../../data/table-error.ts';
import { tableKey } from '../../task/task.ts';
import { quoteTable } from '../../sql/identifier.ts';
import type { Connection } from '../../wire/connection.ts';
import type { ConnectionPool } from '../../wire/connection-pool.ts';
import { deleteStatements, insertStatements, type Writing } from '../../sql/statements.ts';

/** Rows that a transaction was to insert into one table, whose columns are spelled as the sink has them. */
export interface RowsToInsert {
  readonly table: SinkTable;
  readonly rows: readonly Row[];
  readonly writing: Writing;
}

/** Trying every column of a wider table would take too long. */
const MOST_COLUMNS = 60;
/** Rows of a load that are tried in one transaction. */
const TRIED_AT_ONCE = 1_000;
/** Keys in columns with such a name are not printed: they may be secrets. */
const SECRET = /pass|pwd|secret|token|credential|private|api_?key|session|otp|auth|cookie/iu;

/**
 * Adds the key and the column of the refused row to the error: servers seldom name either, and never both. Tries the
 * rows again, fewer and fewer, in transactions that are rolled back. Returns the error unchanged if no row is found.
 */
export async function explained(
  pool: ConnectionPool,
  thrown: unknown,
  held: readonly RowsToInsert[],
): Promise<unknown> {
  if (!(thrown instanceof TableError) || thrown.code !== 'SINK_ROW_REJECTED') return thrown;
  const refused = held.find(({ table }) => tableKey(table.schema.table) === thrown.table);
  if (refused === undefined || isKeyless(refused.table.schema)) return thrown;
  try {
    const said = await pool.use((connection) => new Trials(connection, refused).find());
    if (said === undefined) return thrown;
    return new TableError(thrown.source, saying(thrown, said));
  } catch {
    return thrown;
  }
}

/** As `explained`, for rows of a load: they may not fit into memory, so they are read again. */
export async function explainedLoad(
  pool: ConnectionPool,
  thrown: unknown,
  { table, writing }: Omit<RowsToInsert, 'rows'>,
  rows: AsyncIterable<Rows>,
): Promise<unknown> {
  if (!isCdcError(thrown, 'SINK_ROW_REJECTED') || isKeyless(table.schema)) return thrown;
  try {
    const said = await pool.use((connection) => findAmong(connection, { table, writing }, rows));
    return said === undefined ? thrown : saying(thrown, said);
  } catch {
    return thrown;
  }
}

const saying = (thrown: CdcError, said: string): CdcError =>
  new CdcError(thrown.code, `${thrown.message} ${said}`, { cause: thrown.cause });

async function findAmong(
  connection: Connection,
  { table, writing }: Omit<RowsToInsert, 'rows'>,
  rows: AsyncIterable<Rows>,
): Promise<string | undefined> {
  for await (const read of rows) {
    const all = [...read];
    for (let i = 0; i < all.length; i += TRIED_AT_ONCE) {
      const some = all.slice(i, i + TRIED_AT_ONCE);
      const said = await new Trials(connection, { table, writing, rows: some }).find();
      if (said !== undefined) return said;
    }
  }
  return undefined;
}

class Trials {
  readonly #connection: Connection;
  readonly #table: SinkTable;
  readonly #writing: Writing;
  #rows: readonly Row[];

  constructor(connection: Connection, { table, rows, writing }: RowsToInsert) {
    this.#connection = connection;
    this.#table = table;
    this.#rows = rows;
    this.#writing = writing;
  }

  async find(): Promise<string | undefined> {
    const row = await this.#row();
    // The server may have refused a deletion instead.
    if (row === undefined || !(await this.#isRefused([row]))) return undefined;
    const { name, schema } = this.#table;
    const key = schema.key.some((column) => SECRET.test(column)) ? '' : ` ${printKey(schema, keyText(schema)(row))}`;
    const column = await this.#column(row);
    return `It refused the row${key} of ${tableKey(name)}${column === undefined ? '' : ` for its column ${column}`}.`;
  }

  /** Finds the refused row by halves. */
  async #row(): Promise<Row | undefined> {
    while (this.#rows.length > 1) {
      const middle = Math.ceil(this.#rows.length / 2);
      const [first, rest] = [this.#rows.slice(0, middle), this.#rows.slice(middle)];
      if (await this.#isRefused(first)) this.#rows = first;
      else if (await this.#isRefused(rest)) this.#rows = rest;
      else return undefined;
    }
    return this.#rows[0];
  }

  /**
   * Finds the column that makes the server refuse the row: with NULL in that column, the server takes the row or
   * reports another error.
   */
  async #column(row: Row): Promise<string | undefined> {
    const columns = carriedColumns(this.#table.schema);
    if (columns.length > MOST_COLUMNS) return undefined;
    for (const [i, { name, nullable }] of columns.entries()) {
      if (nullable && row[i] !== null && !(await this.#isRefused([row.with(i, null)]))) return name;
    }
    return undefined;
  }

  async #isRefused(rows: readonly Row[]): Promise<boolean> {
    const target = quoteTable(this.#table.name);
    await this.#connection.query('begin');
    try {
      for (const write of [deleteStatements, insertStatements]) {
        for (const sql of write(target, this.#table.schema, rows, this.#writing)) await this.#connection.query(sql);
      }
      return false;
    } catch (error) {
      return error instanceof CdcError && error.code === 'SINK_ROW_REJECTED';
    } finally {
      if (this.#connection.alive) await this.#connection.query('rollback');
    }
  }
}
