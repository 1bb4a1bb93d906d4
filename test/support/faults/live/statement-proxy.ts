import { connect, type Socket } from 'node:net';
import { LoopbackListener } from '../../loopback-listener.ts';
import { statementName } from './statements.ts';

const COM_QUERY = 3;
const HEADER = 4;
/** Bytes of a statement's text that are enough to recognize the statement. */
const TEXT = 2_000;

/** The fate of a statement or its answer: it passes, the connection is cut, or it waits for the promise. */
export type Fate = 'pass' | 'cut' | Promise<unknown>;

/** Passes connections on to a server. A test decides about every statement, before and after. */
export class StatementProxy {
  /** Called before a statement is passed on, and when its answer comes. `point` is, for example, `before commit`. */
  at: (point: string) => Fate = () => 'pass';
  /** While this is true, every new connection is refused. */
  refuses = false;
  /** Statements that are not in the list. */
  readonly unlisted = new Set<string>();
  readonly #listener = new LoopbackListener();

  static async start(host: string, port: number): Promise<StatementProxy> {
    const proxy = new StatementProxy();
    await proxy.#listener.open((client) => {
      if (proxy.refuses) client.destroy();
      else proxy.#pass(client, connect({ host, port, noDelay: true }));
    });
    return proxy;
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Cuts all connections. */
  cut(): void {
    this.#listener.cut();
  }

  stop(): void {
    this.#listener.stop();
  }

  #pass(client: Socket, server: Socket): void {
    let awaited: string | undefined;
    let inTransaction = false;
    const framing = new Framing();
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    const meet = (point: string, socket: Socket, data: Buffer): void => {
      const fate = this.at(point);
      if (fate === 'pass') socket.write(data);
      else if (fate === 'cut') end();
      else {
        // Servers undo the transaction of a client that is silent for a minute. Do the same, but at once.
        if (inTransaction) server.destroy();
        void fate.then(() => socket.destroyed || socket.write(data));
      }
    };
    this.#listener.keep(client, server);
    client.on('data', (data) => {
      const sql = framing.statement(data);
      if (sql === undefined) {
        server.write(data);
        return;
      }
      const name = this.#nameOf(sql);
      if (name === 'begin') inTransaction = true;
      awaited = name;
      meet(`before ${name}`, server, data);
    });
    server.on('data', (data) => {
      if (awaited === undefined) {
        client.write(data);
        return;
      }
      const name = awaited;
      awaited = undefined;
      if (name === 'commit' || name === 'rollback') inTransaction = false;
      meet(`after ${name}`, client, data);
    });
    client.on('close', () => server.end());
    server.on('close', () => client.end());
  }

  #nameOf(sql: string): string {
    const name = statementName(sql);
    if (name === undefined) this.unlisted.add(sql.slice(0, 200));
    return name ?? 'unlisted';
  }
}

/** Finds where packets begin in a client's bytes. The file of a LOAD DATA may contain anything. */
class Framing {
  #left = 0;
  #head = Buffer.alloc(0);

  /** The text of the statement at the beginning of the data; undefined if there is none. */
  statement(data: Buffer): string | undefined {
    const fresh = this.#left === 0 && this.#head.length === 0;
    const isStatement = fresh && data.length > HEADER && data[3] === 0 && data[HEADER] === COM_QUERY;
    let rest = data;
    while (rest.length > 0) rest = this.#skip(rest);
    return isStatement ? data.toString('utf8', HEADER + 1, HEADER + 1 + TEXT) : undefined;
  }

  #skip(data: Buffer): Buffer {
    if (this.#left > 0) {
      const skipped = Math.min(this.#left, data.length);
      this.#left -= skipped;
      return data.subarray(skipped);
    }
    const missing = HEADER - this.#head.length;
    this.#head = Buffer.concat([this.#head, data.subarray(0, missing)]);
    if (this.#head.length === HEADER) {
      this.#left = this.#head.readUIntLE(0, 3);
      this.#head = Buffer.alloc(0);
    }
    return data.subarray(missing);
  }
}
