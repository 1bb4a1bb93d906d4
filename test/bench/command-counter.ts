import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { parseDatabaseUri } from '../../lib/task/database-uri.ts';
import { PacketWalk } from './packet-walk.ts';

/** Passes connections on to a database server, and counts the commands that clients send. Without TLS. */
export class CommandCounter {
  commands = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #login: string;

  private constructor(server: Server, login: string) {
    this.#server = server;
    this.#login = login;
  }

  static async start(uri: string): Promise<CommandCounter> {
    const { host, port, user, password } = parseDatabaseUri(uri);
    const server = createServer({ noDelay: true });
    const counter = new CommandCounter(server, `${encodeURIComponent(user)}:${encodeURIComponent(password)}`);
    server.on('connection', (client) => {
      counter.#pass(client, connect({ host, port, noDelay: true }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return counter;
  }

  /** The server's URI, by way of this. */
  get uri(): string {
    const address = this.#server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return `mysql://${this.#login}@127.0.0.1:${port}?tls=disabled`;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #pass(client: Socket, server: Socket): void {
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    }
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
