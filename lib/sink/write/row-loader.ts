import { CdcError } from '../../errors.ts';
import { carriedColumns, type TableSchema } from '../../data/change.ts';
import type { Rows } from '../../data/row-block.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { driverError } from '../../wire/failure.ts';
import { LoadEncoder } from './load-encoder.ts';
import { LOAD_FORMAT } from './load-format.ts';
import type { Connection } from '../../wire/connection.ts';
import { insertStatements, type Writing } from '../../sql/statements.ts';

/**
 * Writes many rows into a table by LOAD DATA LOCAL INFILE. Once the server has refused that, by INSERT. Only trying
 * tells if the server takes it: MatrixOne says `local_infile = off` and takes it nevertheless.
 */
export class RowLoader {
  readonly #dialect: Dialect;
  readonly #writing: Writing;
  #refused = false;

  constructor(dialect: Dialect, writing: Writing) {
    this.#dialect = dialect;
    this.#writing = writing;
  }

  /**
   * Runs in the caller's transaction, which must be rolled back if this throws. Returns the number of rows.
   * `sameTypes`: do the target's columns have the schema's types?
   */
  async load(
    connection: Connection,
    target: string,
    schema: TableSchema,
    sameTypes: boolean,
    rows: AsyncIterable<Rows>,
  ): Promise<number> {
    // With a single column, an empty text would be an empty line, which MatrixOne skips.
    const columns = carriedColumns(schema);
    const loadable = columns.length > 1 && columns.every((column) => this.#dialect.loadable(column));
    const trusted = sameTypes || this.#dialect.loadReportsValues;
    if (this.#refused || !loadable || !trusted) return this.#insertAll(connection, target, schema, rows);
    try {
      return await this.#loadData(connection, target, schema, rows);
    } catch (error) {
      // The server refused before the first row was read, so `rows` is still whole.
      if (!this.#isRefusal(error)) throw error;
      this.#refused = true;
      return this.#insertAll(connection, target, schema, rows);
    }
  }

  async #loadData(
    connection: Connection,
    target: string,
    schema: TableSchema,
    rows: AsyncIterable<Rows>,
  ): Promise<number> {
    const columns = carriedColumns(schema);
    const fieldsOf = columns.map((column) => this.#dialect.loadField(column));
    const { head, fields } = this.#dialect.loadData(target, columns);
    const sent = { rows: 0 };
    const result = await connection.load(
      `${head} ${LOAD_FORMAT} ${fields}`,
      encode(rows, sent, new LoadEncoder(fieldsOf)),
    );
    const complaint = await this.#dialect.loadComplaint(connection, result, sent.rows);
    if (complaint === undefined) return sent.rows;
    const code = complaint.failure === 'duplicate-key' ? 'SINK_DUPLICATE_KEY' : 'SINK_ROW_REJECTED';
    throw new CdcError(code, `The sink did not take the rows of ${target} as they are: ${complaint.text}`);
  }

  async #insertAll(
    connection: Connection,
    target: string,
    schema: TableSchema,
    rows: AsyncIterable<Rows>,
  ): Promise<number> {
    let count = 0;
    const batches = rows[Symbol.asyncIterator]();
    const next = (): Promise<IteratorResult<Rows>> => connection.whileAlive(batches.next());
    for (let item = await next(); item.done !== true; item = await next()) {
      const batch = item.value;
      for (const statement of insertStatements(target, schema, [...batch], this.#writing)) {
        await connection.query(statement);
      }
      count += batch.length;
    }
    return count;
  }

  #isRefusal(error: unknown): boolean {
    const cause = error instanceof CdcError ? error.cause : error;
    return this.#dialect.classify(driverError(cause)) === 'local-infile-refused';
  }
}

async function* encode(
  rows: AsyncIterable<Rows>,
  sent: { rows: number },
  encoder: LoadEncoder,
): AsyncGenerator<Buffer> {
  for await (const batch of rows) {
    encoder.add(batch);
    sent.rows += batch.length;
    yield* encoder.takeFull();
  }
  yield* encoder.takeAll();
}
