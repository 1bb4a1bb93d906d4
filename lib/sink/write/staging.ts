import { CdcError, isCdcError } from '../../errors.ts';
import { carriedColumns, type Column, type TableSchema } from '../../data/change.ts';
import { ChangeBlock, type Changes, DELETED, NOT_DELETED, type Rows } from '../../data/row-block.ts';
import type { SinkTable } from '../../replication/endpoints/sink-tables.ts';
import { asTableError, attributeErrorsTo } from '../../data/table-error.ts';
import { tableKey, type TableName, type TableKey } from '../../task/task.ts';
import { Channel } from '../../concurrency/channel.ts';
import { declaredType } from '../../sql/declared-type.ts';
import {
  IDLE_CONNECTION_SECONDS,
  IDLE_TRANSACTION_SECONDS,
  type Dialect,
  type StagedTable,
} from '../dialect/dialect.ts';
import { quoteName, quoteNames, quoteTable } from '../../sql/identifier.ts';
import { oneStatement } from '../../sql/one-statement.ts';
import type { RowLoader } from './row-loader.ts';
import type { Connection } from '../../wire/connection.ts';
import type { SinkColumns } from '../schema/sink-columns.ts';
import { deleteEverything } from '../../sql/statements.ts';

const MARK = '__mo_cdc_deleted';
const NONE: ReadonlyMap<string, string> = new Map();

interface Staged {
  readonly name: string;
  readonly table: SinkTable;
}

/** A running LOAD DATA. It reads the rows pushed into `rows`. */
interface OpenLoad {
  readonly key: string;
  /** The source table. */
  readonly table: TableName;
  readonly rows: Channel<Rows>;
  readonly done: Promise<unknown>;
}

/**
 * Holds the changes of a large batch in temporary tables of one session, outside of any transaction. Nobody else sees
 * them, they vanish with the session, and the transaction that applies them is short.
 */
export class Staging {
  readonly #connection: Connection;
  readonly #loader: RowLoader;
  readonly #dialect: Dialect;
  readonly #columns: SinkColumns;
  readonly #nextName: () => string;
  readonly #staged = new Map<TableKey, Staged>();
  #open: OpenLoad | undefined;

  constructor(
    connection: Connection,
    loader: RowLoader,
    dialect: Dialect,
    columns: SinkColumns,
    nextName: () => string,
  ) {
    this.#connection = connection;
    this.#loader = loader;
    this.#dialect = dialect;
    this.#columns = columns;
    this.#nextName = nextName;
  }

  async add(table: SinkTable, changes: Changes): Promise<void> {
    const load = await this.#loadOf(table);
    await load.rows.push(marked(changes));
  }

  /** Ends the running LOAD DATA. After it, all changes are in their staging tables. */
  async finish(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    open.rows.close();
    await attributeErrorsTo(open.table, () => open.done);
    await this.#connection.query(this.#dialect.idleLimit(IDLE_TRANSACTION_SECONDS));
  }

  /** Deletes every staged key from the sink tables. From tables without a key, deletes all rows. */
  async deleteAll(): Promise<void> {
    for (const staged of this.#staged.values()) {
      const table = describe(staged);
      const sql = table.key.length === 0 ? deleteEverything(table.target) : this.#dialect.deleteStaged(table);
      await this.#apply(staged, sql);
    }
  }

  /** Inserts every staged row that is not deleted. */
  async insertAll(): Promise<void> {
    for (const staged of this.#staged.values()) {
      const { name, table } = staged;
      const columns = quoteNames(carriedColumns(table.schema).map((column) => column.name));
      const target = quoteTable(table.name);
      const sql = `insert into ${target} (${columns}) select ${columns} from ${name} where ${quoteName(markOf(table.schema))} = 0`;
      await this.#apply(staged, sql);
    }
  }

  /**
   * Once a day, a node of MatrixOne drops temporary tables of sessions that it does not know. If a staging table is
   * gone, the error is SINK_ERROR and no mismatch.
   */
  async #apply({ name, table }: Staged, sql: string): Promise<void> {
    try {
      await this.#connection.query(sql);
    } catch (error) {
      const stage = name.split('.').at(-1)?.replaceAll('`', '') ?? name;
      const isGone = isCdcError(error, 'SINK_TABLE_MISSING') && error.message.includes(`${stage}"`);
      if (!isGone) throw asTableError(table.schema.table, error);
      throw new CdcError('SINK_ERROR', error.message, { cause: error });
    }
  }

  async drop(): Promise<void> {
    for (const { name } of this.#staged.values())
      await this.#connection.query(`drop temporary table if exists ${name}`);
    this.#staged.clear();
  }

  async #loadOf(table: SinkTable): Promise<OpenLoad> {
    const key = tableKey(table.name);
    if (this.#open?.key === key) return this.#open;
    await this.finish();
    const staged = this.#staged.get(key) ?? (await this.#create(key, table));
    // The source may take long to find a table's first change, while the LOAD DATA of the table before is still open.
    await this.#connection.query(this.#dialect.idleLimit(IDLE_CONNECTION_SECONDS));
    const rows = new Channel<Rows>();
    const done = this.#loader.load(this.#connection, staged.name, stageSchema(staged.table.schema), true, rows);
    done.catch((error: unknown) => {
      rows.fail(asTableError(table.schema.table, error));
    });
    this.#open = { key, table: table.schema.table, rows, done };
    return this.#open;
  }

  /**
   * The staging table has no key, and every column takes NULL, because only the key counts in a deleted row. Columns
   * have the sink's types. If LOAD DATA would silently change values to fit those, they have the source's types, and
   * INSERT … SELECT checks the values.
   */
  async #create(key: TableKey, given: SinkTable): Promise<Staged> {
    const table = await this.#columns.spelled(this.#connection, given);
    const types = this.#dialect.loadReportsValues ? await this.#columns.types(this.#connection, table) : NONE;
    const columns = carriedColumns(table.schema).map((column) => {
      const type = types.get(column.name.toLowerCase()) ?? declaredType(column);
      return `${quoteName(column.name)} ${this.#dialect.stagedType(type)} null`;
    });
    const staged = { name: this.#nextName(), table };
    await this.#createTable(staged.name, [`${quoteName(markOf(table.schema))} tinyint not null`, ...columns]);
    this.#staged.set(key, staged);
    return staged;
  }

  /** Adds a key column only if the server demands one: it could be one column too many. */
  async #createTable(name: string, columns: readonly string[]): Promise<void> {
    const { options, key } = this.#dialect.staging;
    const create = (these: readonly string[]): Promise<unknown> =>
      this.#connection.query(oneStatement(`create temporary table ${name} (${these.join(', ')})${options}`));
    try {
      await create(columns);
    } catch (error) {
      if (key === undefined || !isCdcError(error, 'SINK_TABLE_UNSUPPORTED')) throw error;
      await create([key, ...columns]);
    }
  }
}

const marked = (changes: Changes): Rows =>
  changes instanceof ChangeBlock
    ? changes.rows
    : changes.map(({ deleted, row }) => [deleted ? DELETED : NOT_DELETED, ...row]);

/** Name of the column that says whether a row is deleted. No column of the table has this name. */
function markOf({ columns }: TableSchema): string {
  const names = new Set(columns.map(({ name }) => name.toLowerCase()));
  let mark = MARK;
  while (names.has(mark)) mark += '_';
  return mark;
}

const stageSchema = (schema: TableSchema): TableSchema => {
  const mark: Column = { name: markOf(schema), type: 'tinyint', nullable: false, generated: false };
  return { ...schema, columns: [mark, ...schema.columns] };
};

const describe = ({ name, table }: Staged): StagedTable => ({
  stage: name,
  target: quoteTable(table.name),
  key: table.schema.key,
});
