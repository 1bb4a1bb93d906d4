import { connect, type Socket } from 'node:net';
import type { ServerAddress } from './history/side.ts';
import { answer, asMatrixOneError } from './statements/answer.ts';
import type { Context } from './statements/context.ts';
import { disguiseGreeting, readLogin } from './wire/handshake.ts';
import {
  COMMAND,
  encodeError,
  encodePacket,
  MAX_LENGTH,
  RESPONSE,
  type Packet,
  type PacketStart,
} from './wire/packets.ts';
import { PacketScanner } from './wire/packet-scanner.ts';
import { disguiseError, loadComplaint } from './wire/disguise.ts';

/** One client's connection, and its connection to the server behind. Bytes flow through; only some packets are read. */
export class Session {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #shared: Omit<Context, 'database' | 'user' | 'account'>;
  #greeted = false;
  #loggedIn = false;
  #user = '';
  #account = 'sys';
  #database: string | undefined;
  /** If the server agrees, this becomes the current database. */
  #nextDatabase: string | undefined;
  /** True until the first packet of an answer comes. */
  #awaiting = false;
  /** True while the client sends a file that it was asked for. An empty packet ends the file. */
  #loading = false;
  /** True after the file: the next packet has the outcome. */
  #loaded = false;

  constructor(client: Socket, address: ServerAddress, shared: Omit<Context, 'database' | 'user' | 'account'>) {
    this.#client = client;
    this.#server = connect({ host: address.host, port: address.port, noDelay: true });
    this.#shared = shared;
    // Ignore errors here: code that reads or writes the socket gets them as well.
    for (const socket of [this.#client, this.#server]) socket.on('error', () => undefined);
  }

  /** Runs until either side ends. Errors of the connection are for the client to notice. */
  async run(): Promise<void> {
    const toServer = new PacketScanner((start) => this.#wantsFromClient(start));
    const toClient = new PacketScanner((start) => this.#wantsFromServer(start));
    try {
      await Promise.race([
        pump(this.#client, this.#server, toServer, (packet) => this.#fromClient(packet)),
        pump(this.#server, this.#client, toClient, (packet) => this.#fromServer(packet)),
      ]);
    } catch {
      // A connection was reset. The other one is closed below.
    } finally {
      this.#client.destroy();
      this.#server.destroy();
    }
  }

  #wantsFromClient({ sequence, first, length }: PacketStart): boolean {
    if (!this.#loggedIn) return true;
    if (this.#loading) {
      this.#loading = length > 0;
      this.#loaded = length === 0;
      return false;
    }
    if (sequence !== 0) return false;
    this.#awaiting = true;
    return length < MAX_LENGTH && (first === COMMAND.query || first === COMMAND.initDb);
  }

  async #fromClient({ sequence, payload }: Packet): Promise<void> {
    if (!this.#loggedIn) {
      this.#loggedIn = true;
      const login = readLogin(payload);
      this.#user = login.user;
      this.#account = login.account;
      this.#database = login.database;
      return write(this.#server, encodePacket(sequence, login.payload));
    }
    if (payload[0] === COMMAND.initDb) this.#nextDatabase = payload.toString('utf8', 1);
    const replaced = payload[0] === COMMAND.query ? await this.#rewrite(payload) : payload;
    if (replaced !== undefined) await write(this.#server, encodePacket(sequence, replaced));
  }

  /** The packet to send on; undefined if the client has been answered already. */
  async #rewrite(payload: Buffer): Promise<Buffer | undefined> {
    const sql = payload.toString('latin1', 1);
    const use = /^\s*use\s+`?([^`;\s]+)`?\s*;?\s*$/i.exec(sql)?.[1];
    if (use !== undefined) this.#nextDatabase = Buffer.from(use, 'latin1').toString('utf8');
    try {
      const own = { database: this.#database, user: this.#user, account: this.#account };
      const replaced = await answer(sql, { ...this.#shared, ...own });
      return replaced === undefined ? payload : Buffer.from(`\x03${replaced}`, 'latin1');
    } catch (error) {
      await write(this.#client, encodeError(1, asMatrixOneError(error)));
      return undefined;
    }
  }

  #wantsFromServer({ first }: PacketStart): boolean {
    const isFirst = this.#awaiting;
    this.#awaiting = false;
    if (isFirst) this.#useDatabase(first === RESPONSE.ok);
    if (!this.#greeted || first === RESPONSE.error) return true;
    if (isFirst && first === RESPONSE.localInfile) this.#loading = true;
    return this.#loaded && first === RESPONSE.ok;
  }

  #useDatabase(succeeded: boolean): void {
    if (succeeded && this.#nextDatabase !== undefined) this.#database = this.#nextDatabase;
    this.#nextDatabase = undefined;
  }

  async #fromServer({ sequence, payload }: Packet): Promise<void> {
    let changed = payload;
    if (payload[0] === RESPONSE.error) changed = await disguiseError(payload, this.#user, this.#shared.lookup);
    else if (!this.#greeted) changed = disguiseGreeting(payload);
    else if (this.#loaded) changed = loadComplaint(payload) ?? payload;
    this.#greeted = true;
    this.#loaded = false;
    await write(this.#client, encodePacket(sequence, changed));
  }
}

const pump = async (
  from: Socket,
  to: Socket,
  scanner: PacketScanner,
  handle: (packet: Packet) => Promise<void>,
): Promise<void> => {
  for await (const chunk of from) {
    for (const piece of scanner.scan(chunk as Buffer)) {
      if ('packet' in piece) await handle(piece.packet);
      else await write(to, piece.pass);
    }
  }
};

/** Waits while the receiver is slow, so that no more is read from the sender. */
const write = async (socket: Socket, bytes: Buffer): Promise<void> => {
  if (socket.destroyed) throw new Error('the connection is closed');
  if (!socket.write(bytes)) await drained(socket);
};

const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
