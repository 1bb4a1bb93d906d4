import mysql from 'mysql2';
import { padded } from '../../lib/wire/driver/packets.ts';
import { driverOptions } from './driver-options.ts';

export type RawRow = (Buffer | null)[];

/** A plain connection for tests: text protocol, raw bytes, UTC. */
export class SqlClient {
  readonly #connection: mysql.Connection;

  constructor(uri: string) {
    this.#connection = mysql.createConnection(driverOptions(uri));
    this.#connection.on('error', () => undefined);
  }

  /** The rows of a query; empty for a statement without rows. */
  async query(sql: string): Promise<RawRow[]> {
    return await new Promise((resolve, reject) => {
      this.#connection.query({ sql: padded(sql), rowsAsArray: true, typeCast: false }, (error, result) => {
        if (error === null) resolve(Array.isArray(result) ? (result as unknown as RawRow[]) : []);
        else reject(error);
      });
    });
  }

  async run(...statements: string[]): Promise<void> {
    for (const sql of statements) await this.query(sql);
  }

  /** The rows as sorted texts. So servers with different collations can be compared. */
  async sorted(sql: string): Promise<string[]> {
    const rows = await this.query(sql);
    return rows.map((row) => row.map((value) => value?.toString('latin1') ?? 'NULL').join('|')).sort();
  }

  async number(sql: string): Promise<number> {
    const [row] = await this.query(sql);
    return Number(row?.[0]?.toString() ?? 'NaN');
  }

  close(): void {
    this.#connection.destroy();
  }
}
