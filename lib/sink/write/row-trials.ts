import { type ErrorCode, isOfScope } from '../../error-codes.ts';
import { CdcError } from '../../errors.ts';
import { carriedColumns, type Change, type Row } from '../../data/change.ts';
import type { Changes } from '../../data/row-block.ts';
import { keyText, printKey } from '../../data/row-digest.ts';
import type { SinkTable } from '../../replication/endpoints/sink-tables.ts';
import { quoteTable } from '../../sql/identifier.ts';
import { deleteStatements, insertStatements, type Writing } from '../../sql/statements.ts';
import { tableKey } from '../../task/task.ts';
import { portionsOf } from './change-portions.ts';

/** For wider tables, do not try every column. */
const MOST_COLUMNS = 60;
const TRIED_AT_ONCE = 1_000;
/** A column of such a name may hold a secret: do not tell its values, not even as a key. */
const SECRET = /pass|pwd|secret|token|credential|private|api_?key|session|otp|auth|cookie/iu;

/** What is asked of a session. */
interface Session {
  readonly alive: boolean;
  query(sql: string): Promise<unknown>;
}

/** The table as the sink has it, and the code with which the sink refused changes of it. */
export interface Refused {
  readonly table: SinkTable;
  readonly writing: Writing;
  readonly code: ErrorCode;
}

/**
 * Writes changes in transactions that are always rolled back, to find the one that the sink refuses. If the sink refuses
 * a portion, each half of it is tried, and so on. Servers take back only the statement that failed, so the trials of a
 * portion share a transaction.
 */
export class RowTrials {
  readonly #connection: Session;
  readonly #refused: Refused;
  readonly #target: string;
  readonly #until: number;

  /** No trial begins after `until`, a time of performance.now(). */
  constructor(connection: Session, refused: Refused, until: number) {
    this.#connection = connection;
    this.#refused = refused;
    this.#target = quoteTable(refused.table.name);
    this.#until = until;
  }

  /** Says which change was refused. Throws when time is up, or when the sink fails for another reason. */
  async find(changes: AsyncIterable<Changes>): Promise<string | undefined> {
    // If a server ended the transaction by itself, the next statement would otherwise stay.
    await this.#run('set autocommit = 0');
    if (this.#mayClash()) return await this.#takenBack(() => this.#amongAll(changes));
    for await (const some of this.#portions(changes)) {
      const said = await this.#takenBack(() => this.#among(some));
      if (said !== undefined) return said;
    }
    return undefined;
  }

  /** A change may be refused because another change of the window has not made room for it yet. */
  #mayClash(): boolean {
    const { code, table } = this.#refused;
    return code === 'SINK_DUPLICATE_KEY' || table.schema.hasUniqueKeys;
  }

  async #amongAll(changes: AsyncIterable<Changes>): Promise<string | undefined> {
    for await (const some of this.#portions(changes)) await this.#delete(some);
    for await (const some of this.#portions(changes)) {
      const said = await this.#among(some);
      if (said !== undefined) return said;
    }
    return undefined;
  }

  async #among(some: readonly Change[]): Promise<string | undefined> {
    const code = await this.#refusal(some);
    const [first] = some;
    if (code === undefined || first === undefined) return undefined;
    if (some.length === 1) return code === this.#refused.code ? await this.#describe(first) : undefined;
    const middle = Math.ceil(some.length / 2);
    return (await this.#among(some.slice(0, middle))) ?? (await this.#among(some.slice(middle)));
  }

  async #describe(change: Change): Promise<string> {
    const { name, schema } = this.#refused.table;
    const isSecret = schema.key.some((column) => SECRET.test(column));
    const key = isSecret ? '' : ` ${printKey(schema, keyText(schema)(change.row))}`;
    const column = change.deleted ? undefined : await this.#column(change.row);
    return `It refused the row${key} of ${tableKey(name)}${column === undefined ? '' : ` for its column ${column}`}.`;
  }

  /** The column without whose value the sink takes the row, or refuses it for another reason. */
  async #column(row: Row): Promise<string | undefined> {
    const columns = carriedColumns(this.#refused.table.schema);
    if (columns.length > MOST_COLUMNS) return undefined;
    for (const [i, { name, nullable }] of columns.entries()) {
      if (!nullable || row[i] === null) continue;
      const code = await this.#refusal([{ deleted: false, row: row.with(i, null) }]);
      if (code !== this.#refused.code) return name;
    }
    return undefined;
  }

  /** Writes the changes, as a window does; returns the code with which the sink refuses one of them. */
  async #refusal(changes: readonly Change[]): Promise<ErrorCode | undefined> {
    const { table, writing } = this.#refused;
    const rows = changes.filter(({ deleted }) => !deleted).map(({ row }) => row);
    try {
      await this.#delete(changes);
      for (const sql of insertStatements(this.#target, table.schema, rows, writing)) await this.#run(sql);
      return undefined;
    } catch (error) {
      if (error instanceof CdcError && isOfScope(error.code, 'row')) return error.code;
      throw error;
    }
  }

  async #delete(changes: readonly Change[]): Promise<void> {
    const { table, writing } = this.#refused;
    const rows = changes.map(({ row }) => row);
    for (const sql of deleteStatements(this.#target, table.schema, rows, writing)) await this.#run(sql);
  }

  async #takenBack<T>(work: () => Promise<T>): Promise<T> {
    await this.#run('begin');
    try {
      return await work();
    } finally {
      // MatrixOne keeps the locks of a session that merely goes away.
      if (this.#connection.alive) await this.#connection.query('rollback');
    }
  }

  #portions(changes: AsyncIterable<Changes>): AsyncIterable<Change[]> {
    return portionsOf(changes, TRIED_AT_ONCE, () => {
      this.#checkTime();
    });
  }

  async #run(sql: string): Promise<void> {
    this.#checkTime();
    await this.#connection.query(sql);
  }

  #checkTime(): void {
    if (performance.now() > this.#until || !this.#connection.alive)
      throw new CdcError('SINK_TIMEOUT', 'The refused row was not found in time.');
  }
}
