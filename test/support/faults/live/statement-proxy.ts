import { connect, type Socket } from 'node:net';
import { LoopbackListener } from '../../loopback-listener.ts';
import { statementName } from './statements.ts';

const COM_QUERY = 3;
const HEADER = 4;
/** Where the text of a statement ends that decides what it is. */
const TEXT = 2_000;

/** What becomes of a statement, or of its answer: it goes on, it waits until a process does, or the connection ends. */
export type Fate = 'pass' | 'cut' | Promise<unknown>;

/** Passes connections on to a server, and lets a test have its way at every statement, before and after. */
export class StatementProxy {
  /** Asked before a statement is passed on, and when its answer comes; `point` is `before commit`, for example. */
  at: (point: string) => Fate = () => 'pass';
  /** While it does, nobody gets through. */
  refuses = false;
  /** Statements that nobody has listed. */
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

  /** Ends what is connected. */
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
        // As servers do, though after a minute: a transaction of a client that is silent for long is undone.
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

/** Tells where packets begin in what a client sends: the file of a LOAD DATA may look like anything. */
class Framing {
  #left = 0;
  #head = Buffer.alloc(0);

  /** The text of the statement that the data begins with, if it does. */
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
