import { connect, type Socket } from 'node:net';
import { parseDatabaseUri } from '../../lib/task/uri/database-uri.ts';
import { LoopbackListener } from '../support/loopback-listener.ts';
import { PacketWalk } from './packet-walk.ts';

/** Passes connections on to a database server, and counts the commands that clients send. Without TLS. */
export class CommandCounter {
  commands = 0;
  readonly #listener = new LoopbackListener();
  readonly #login: string;

  private constructor(login: string) {
    this.#login = login;
  }

  static async start(uri: string): Promise<CommandCounter> {
    const { host, port, user, password } = parseDatabaseUri(uri);
    const counter = new CommandCounter(`${encodeURIComponent(user)}:${encodeURIComponent(password)}`);
    await counter.#listener.open((client) => {
      counter.#pass(client, connect({ host, port, noDelay: true }));
    });
    return counter;
  }

  /** The server's URI, by way of this. */
  get uri(): string {
    return `mysql://${this.#login}@127.0.0.1:${this.#listener.port}?tls=disabled`;
  }

  stop(): void {
    this.#listener.stop();
  }

  #pass(client: Socket, server: Socket): void {
    this.#listener.keep(client, server);
    // What begins anew is a command; what answers the server goes on counting.
    const packets = new PacketWalk((sequence) => {
      if (sequence === 0) this.commands += 1;
    });
    client.on('data', (data: Buffer) => {
      packets.take(data);
    });
    client.pipe(server);
    server.pipe(client);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  }
}
