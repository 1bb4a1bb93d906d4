import mysql from 'mysql2';
import { type Connection, createConnection, type FieldPacket, type ResultSetHeader } from 'mysql2/promise';
import { parseDatabaseUri } from '../../lib/task/uri/database-uri.ts';
import { asciiTable } from './ascii-table.ts';

export type Rows = readonly (readonly (string | null)[])[];
export type Print = (text: string) => void;

const NUMERIC: ReadonlySet<number> = new Set([
  ...[mysql.Types.TINY, mysql.Types.SHORT, mysql.Types.INT24, mysql.Types.LONG, mysql.Types.LONGLONG],
  ...[mysql.Types.FLOAT, mysql.Types.DOUBLE, mysql.Types.DECIMAL, mysql.Types.NEWDECIMAL],
]);

/** Runs plain SQL and shows it as the mysql client does. */
export class SqlPrompt {
  readonly #connection: Connection;
  readonly #print: Print;

  private constructor(connection: Connection, print: Print) {
    this.#connection = connection;
    this.#print = print;
  }

  static async open(uri: string, print: Print): Promise<SqlPrompt> {
    const { user, password, host, port } = parseDatabaseUri(uri);
    const typeCast = (field: { string: () => string | null }): string | null => field.string();
    return new SqlPrompt(await createConnection({ user, password, host, port, typeCast, rowsAsArray: true }), print);
  }

  /** Runs a statement, and shows it and its result. */
  async show(sql: string): Promise<Rows> {
    this.#print(`mysql> ${sql.replaceAll('\n', '\n    -> ')};\n`);
    const start = performance.now();
    const [result, fields] = await this.#connection.query<never[][] | ResultSetHeader>(sql);
    const seconds = `(${((performance.now() - start) / 1000).toFixed(2)} sec)`;
    if (!Array.isArray(result)) {
      const { affectedRows } = result;
      this.#print(`Query OK, ${affectedRows} ${affectedRows === 1 ? 'row' : 'rows'} affected ${seconds}\n\n`);
      return [];
    }
    this.#print(
      `${table(result, fields)}\n${result.length} ${result.length === 1 ? 'row' : 'rows'} in set ${seconds}\n\n`,
    );
    return result;
  }

  /** Runs a statement without showing it. */
  async rows(sql: string): Promise<Rows> {
    const [result] = await this.#connection.query<never[][] | ResultSetHeader>(sql);
    return Array.isArray(result) ? result : [];
  }

  close(): void {
    this.#connection.destroy();
  }
}

const table = (rows: Rows, fields: readonly FieldPacket[]): string =>
  asciiTable(
    fields.map((field) => field.name),
    rows,
    fields.map((field) => NUMERIC.has(field.columnType ?? -1)),
  );
