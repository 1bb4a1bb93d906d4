import { createConnection, type Connection } from 'mysql2/promise';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export type TextRow = readonly (string | null)[];

// The binary log must show only what clients wrote, so the emulator's own writes stay out of it.
const SESSION = [
  'set session sql_log_bin = 0',
  "set session sql_mode = ''",
  "set session time_zone = '+00:00'",
  'set session transaction isolation level read committed',
];

/** The emulator's own connection to the server behind. It opens when it is needed, and again after it was lost. */
export class SideConnection {
  readonly #address: ServerAddress;
  #connection: Promise<Connection> | undefined;

  constructor(address: ServerAddress) {
    this.#address = address;
  }

  async run(sql: string): Promise<void> {
    await this.#use((connection) => connection.query(sql));
  }

  /** The rows, with values as text. */
  async rows(sql: string): Promise<TextRow[]> {
    const [rows] = await this.#use((connection) =>
      connection.query({ sql, rowsAsArray: true, typeCast: (field) => field.string('utf8') }),
    );
    return rows as TextRow[];
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    this.#connection = undefined;
    connection?.destroy();
  }

  /** If the connection is lost, only one statement fails: the one under way, or the next one. */
  async #use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const opened = this.#open();
    const connection = await opened;
    try {
      return await work(connection);
    } catch (error) {
      const { fatal } = error as { readonly fatal?: boolean };
      const isLost = fatal === true || String(error).includes('closed state');
      if (isLost && this.#connection === opened) {
        this.#connection = undefined;
        connection.destroy();
      }
      throw error;
    }
  }

  #open(): Promise<Connection> {
    if (this.#connection !== undefined) return this.#connection;
    const opened = this.#connect(() => {
      if (this.#connection === opened) this.#connection = undefined;
    });
    this.#connection = opened;
    return opened;
  }

  async #connect(forget: () => void): Promise<Connection> {
    try {
      const connection = await createConnection({ ...this.#address, charset: 'utf8mb4_bin' });
      connection.on('error', forget);
      // If the connection is lost during a statement, only the caller of that statement gets the error.
      connection.on('end', forget);
      for (const statement of SESSION) await connection.query(statement);
      return connection;
    } catch (error) {
      forget();
      throw error;
    }
  }
}
