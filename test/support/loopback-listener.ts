import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/**
 * Accepts connections on a port of its own. It keeps the sockets it is given, so that a test can cut them all at once.
 */
export class LoopbackListener {
  readonly #server = createServer({ noDelay: true });
  readonly #sockets = new Set<Socket>();

  async open(serve: (client: Socket) => void): Promise<void> {
    this.#server.on('connection', serve);
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Errors on these sockets are ignored. */
  keep(...sockets: readonly Socket[]): void {
    for (const socket of sockets) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.#sockets.delete(socket));
    }
  }

  /** Cuts all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  stop(): void {
    this.#server.close();
    this.cut();
  }
}
