import { createConnection, type Connection } from 'mysql2/promise';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export type TextRow = readonly (string | null)[];

// Nothing that the emulator keeps for itself may appear in the log that tells what clients have written.
const SESSION = [
  'set session sql_log_bin = 0',
  "set session sql_mode = ''",
  "set session time_zone = '+00:00'",
  'set session transaction isolation level read committed',
];

/** A connection of the emulator's own to the server behind it; opened when needed, and again after a loss. */
export class SideConnection {
  readonly #address: ServerAddress;
  #connection: Promise<Connection> | undefined;

  constructor(address: ServerAddress) {
    this.#address = address;
  }

  async run(sql: string): Promise<void> {
    const connection = await this.#open();
    await connection.query(sql);
  }

  /** Values as text. */
  async rows(sql: string): Promise<TextRow[]> {
    const connection = await this.#open();
    const [rows] = await connection.query({ sql, rowsAsArray: true, typeCast: (field) => field.string('utf8') });
    return rows as TextRow[];
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    this.#connection = undefined;
    connection?.destroy();
  }

  #open(): Promise<Connection> {
    this.#connection ??= this.#connect();
    return this.#connection;
  }

  async #connect(): Promise<Connection> {
    const forget = (): void => {
      this.#connection = undefined;
    };
    try {
      const connection = await createConnection({ ...this.#address, charset: 'utf8mb4_bin' });
      connection.on('error', forget);
      for (const statement of SESSION) await connection.query(statement);
      return connection;
    } catch (error) {
      forget();
      throw error;
    }
  }
}
