import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { createConnection, type Connection as DriverConnection } from 'mysql2';
import type { Row } from '../data/change.ts';
import type { RowBlock } from '../data/row-block.ts';
import type { DatabaseAddress } from '../task/uri/database-uri.ts';
import type { ToError } from './end-errors.ts';
import { ConnectionProblem } from './driver/connection-problem.ts';
import { DriverGuard } from './driver/driver-guard.ts';
import { withLastWrite, writeOf } from './driver/last-write.ts';
import { PLAIN_LOGIN } from './driver/plain-login.ts';
import { divided, LONGEST_PACKET, padded, remember } from './driver/packets.ts';
import { HeldRows, takeRows } from './driver/row-parser.ts';
import { RowStream } from './row-stream.ts';
import { driverTls, nameSocket } from './tls.ts';

export interface ConnectionOptions {
  readonly address: DatabaseAddress;
  readonly toError: ToError;
  /** The longest time for a statement, and the error if it takes longer. */
  readonly limit?: { readonly milliseconds: number; readonly error: () => Error } | undefined;
}

export interface ResultSet {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** Rows changed; for an UPDATE, rows found (the driver asks for FOUND_ROWS). */
  readonly affectedRows: number;
  readonly warnings: number;
}

const CONNECT_TIMEOUT_MS = 5_000;
const END_TIMEOUT_MS = 1_000;
const KEEP_ALIVE_MS = 15_000;

const LOST = Object.assign(new Error('The connection was lost.'), { code: 'PROTOCOL_CONNECTION_LOST' });

interface OkPacket {
  readonly affectedRows?: number;
  readonly warningStatus?: number;
}

/** One connection that runs one statement at a time. Values come as the raw bytes of the text protocol. */
export class Connection {
  readonly #driver: DriverConnection;
  readonly #socket: Socket;
  readonly #guard: DriverGuard;
  readonly #toError: ToError;
  readonly #limit: ConnectionOptions['limit'];
  /** The most bytes of a LOAD DATA file in one packet. */
  longestPiece = LONGEST_PACKET;
  #interrupt: ((reason: unknown) => void) | undefined;
  #dead = false;
  /** The last statement that wrote to a user's table, in a few words. */
  #write: string | undefined;
  #reason: { readonly error: unknown } | undefined;

  private constructor(driver: DriverConnection, socket: Socket, { toError, limit }: ConnectionOptions) {
    this.#driver = driver;
    this.#socket = socket;
    this.#toError = toError;
    this.#limit = limit;
    this.#guard = new DriverGuard(driver, socket, (problem) => {
      this.destroy(toError(asProblem(problem)));
    });
    // The driver reports a lost connection to the callback of a query, but a stream has no callback. Without a
    // listener, losing an idle connection would end the process.
    driver.on('error', (error) => {
      this.#lose(toError(asProblem(error)));
    });
    socket.once('close', () => {
      this.#lose(toError(LOST));
    });
  }

  /** The connection may be used at once: its first statements wait until it is open. */
  static connect(options: ConnectionOptions): Connection {
    const { address } = options;
    const { host, port } = address;
    // Probes begin early: gateways forget silent connections within minutes, and the system's own probes take hours.
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
    const { host: name, ssl } = driverTls(address);
    nameSocket(socket, name);
    const driver = createConnection({
      host: name,
      ...(ssl === undefined ? { authPlugins: PLAIN_LOGIN } : { ssl }),
      user: address.user,
      password: address.password,
      // A socket of our own, because the driver's destroy() only says goodbye and may wait for a frozen server.
      stream: () => socket,
      charset: 'utf8mb4',
      // Query attributes add two bytes before each statement, which `padded` would have to count. Nobody sends any.
      flags: ['-CLIENT_QUERY_ATTRIBUTES'],
      connectTimeout: CONNECT_TIMEOUT_MS,
      // The driver's parser of rows is not used. By default the driver would generate its code, with the server's names
      // in it.
      disableEval: true,
      rowsAsArray: true,
      typeCast: false,
    });
    return new Connection(driver, socket, options);
  }

  /** False once the connection is known to be lost. */
  get alive(): boolean {
    return !this.#dead && !this.#socket.destroyed;
  }

  /** The server's number of this connection. */
  get id(): number {
    return this.#driver.threadId;
  }

  query(sql: string): Promise<ResultSet> {
    return this.#send(sql);
  }

  /** Rows in batches. Leaving the loop early destroys the connection, because the rest would have to be read. */
  async *stream(sql: string): AsyncGenerator<RowBlock, void, undefined> {
    for await (const { rows } of this.streamWithColumns(sql)) yield rows;
  }

  async *streamWithColumns(
    sql: string,
  ): AsyncGenerator<{ columns: readonly string[]; rows: RowBlock }, void, undefined> {
    if (!this.alive) throw this.#lost();
    this.#guard.begin('rows');
    const stream = new RowStream(this.#driver, padded(sql), (error) => this.#toError(asProblem(error)));
    this.#interrupt = (reason) => {
      stream.fail(reason);
    };
    let complete = false;
    try {
      yield* stream.batches();
      complete = true;
    } finally {
      this.#interrupt = undefined;
      if (!complete) this.destroy();
    }
  }

  /** Waits for other work between two statements. Rejects if the connection is lost meanwhile. */
  async whileAlive<T>(work: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    if (!this.alive) reject(this.#lost());
    this.#interrupt = reject;
    try {
      return await Promise.race([promise, work]);
    } finally {
      this.#interrupt = undefined;
    }
  }

  /**
   * Runs a LOAD DATA LOCAL INFILE statement with these pieces as its file. Throws an error of the pieces unchanged.
   */
  async load(sql: string, pieces: AsyncIterable<Buffer>): Promise<ResultSet> {
    const failure: { error?: unknown } = {};
    const file = Readable.from(divided(remember(pieces, failure), this.longestPiece), { highWaterMark: 1 });
    // The driver stops listening once the server has answered.
    file.on('error', () => undefined);
    try {
      return await this.#send(sql, file);
    } catch (error) {
      throw 'error' in failure ? failure.error : error;
    } finally {
      file.destroy();
    }
  }

  /** Ends the connection at once, and rejects the statement under way with the reason. */
  destroy(reason?: unknown): void {
    this.#driver.destroy();
    this.#socket.destroy();
    this.#lose(reason ?? this.#toError(LOST));
  }

  /** Says goodbye to the server, and waits a short time for its answer. */
  async end(): Promise<void> {
    if (!this.alive) return;
    const goodbye = new Promise<void>((resolve) => {
      this.#socket.once('close', resolve);
      this.#driver.end(() => {
        resolve();
      });
    });
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, END_TIMEOUT_MS);
    });
    await Promise.race([goodbye, deadline]);
    clearTimeout(timer);
    this.destroy();
  }

  /** Destroys the connection if a statement takes too long: nothing else could be sent before its answer. */
  async #send(sql: string, file?: Readable): Promise<ResultSet> {
    const limit = this.#limit;
    if (limit === undefined) return await this.#query(sql, file);
    const timer = setTimeout(() => {
      this.destroy(limit.error());
    }, limit.milliseconds);
    try {
      return await this.#query(sql, file);
    } finally {
      clearTimeout(timer);
    }
  }

  #query(sql: string, file?: Readable): Promise<ResultSet> {
    return new Promise<ResultSet>((resolve, reject) => {
      if (!this.alive) {
        reject(this.#lost());
        return;
      }
      this.#interrupt = reject;
      this.#write = writeOf(sql) ?? this.#write;
      const options = file === undefined ? { sql: padded(sql) } : { sql, infileStreamFactory: () => file };
      this.#guard.begin(file === undefined ? 'answer' : 'file');
      const held = new HeldRows();
      const query = this.#driver.query(options, (error, result, fields) => {
        this.#interrupt = undefined;
        if (error === null) resolve(resultSet(result, fields, held));
        else reject(this.#failed(error));
      });
      query.on('fields', (fields: readonly unknown[] | undefined) => {
        held.columns = fields?.length ?? 0;
      });
      takeRows(query, (packet) => {
        held.add(packet);
      });
    });
  }

  #lose(error: unknown): void {
    this.#dead = true;
    this.#reason ??= { error: withLastWrite(error, this.#write) };
    this.#interrupt?.(this.#reason.error);
  }

  #lost(): Error {
    const error = this.#reason?.error ?? this.#toError(LOST);
    return error instanceof Error ? error : new Error('The work was stopped.', { cause: error });
  }

  #failed(error: Error): Error {
    if ('fatal' in error && error.fatal === true) this.#dead = true;
    return withLastWrite(this.#toError(asProblem(error)), this.#write);
  }
}

/** The driver throws these errors when a server sends something that no server sends. */
function asProblem(error: unknown): unknown {
  if (!(error instanceof TypeError || error instanceof RangeError)) return error;
  return new ConnectionProblem('answer', `it says what cannot be read (${error.message}).`, { cause: error });
}

function resultSet(result: unknown, fields: readonly { name: string }[] | undefined, { rows }: HeldRows): ResultSet {
  if (Array.isArray(result)) {
    return { columns: (fields ?? []).map((f) => f.name), rows, affectedRows: 0, warnings: 0 };
  }
  const { affectedRows = 0, warningStatus = 0 } = result as OkPacket;
  return { columns: [], rows: [], affectedRows, warnings: warningStatus };
}
