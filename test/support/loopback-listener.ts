import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** Takes connections on a port of its own, and knows the sockets it is given to keep, so that all can be cut at once. */
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

  /** What fails on these is nobody's error. */
  keep(...sockets: readonly Socket[]): void {
    for (const socket of sockets) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.#sockets.delete(socket));
    }
  }

  /** Ends what is connected. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  stop(): void {
    this.#server.close();
    this.cut();
  }
}
