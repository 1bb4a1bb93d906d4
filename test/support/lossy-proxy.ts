import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

const COM_QUERY = 3;

/** Passes connections on to a server, and loses a statement or the answer to it when asked to. */
export class LossyProxy {
  /** Asked of every statement: `statement` cuts the connection before it is passed on, `answer` after that. */
  lose: (sql: string) => 'statement' | 'answer' | undefined = () => undefined;
  /** The next statement that equals this is passed on; its answer never arrives, and the connection is cut. */
  loseAnswerTo: string | undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(host: string, port: number): Promise<LossyProxy> {
    const server = createServer({ noDelay: true });
    const proxy = new LossyProxy(server);
    server.on('connection', (client) => {
      proxy.#pass(client, connect({ host, port, noDelay: true }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #pass(client: Socket, server: Socket): void {
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
    }
    let losing = false;
    client.on('data', (data) => {
      if (this.loseAnswerTo !== undefined && data[4] === COM_QUERY && data.toString('utf8', 5) === this.loseAnswerTo) {
        this.loseAnswerTo = undefined;
        losing = true;
      }
      const lost = data[4] === COM_QUERY ? this.lose(data.toString('utf8', 5)) : undefined;
      if (lost === 'statement') {
        client.destroy();
        return;
      }
      losing ||= lost === 'answer';
      server.write(data);
    });
    server.on('data', (data) => {
      if (losing) client.destroy();
      else client.write(data);
    });
    client.on('close', () => server.end());
    server.on('close', () => client.end());
  }
}
