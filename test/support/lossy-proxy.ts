import { connect, type Socket } from 'node:net';
import { LoopbackListener } from './loopback-listener.ts';

const COM_QUERY = 3;

/**
 * Passes connections on to a server. If asked to, it loses a statement, loses the answer to one, or holds a statement
 * back.
 */
export class LossyProxy {
  /**
   * Called for every statement: `statement` cuts the connection before the statement is passed on, `answer` after that.
   */
  lose: (sql: string) => 'statement' | 'answer' | undefined = () => undefined;
  /** Called for every statement: the statement is passed on when this is done. */
  hold: (sql: string) => Promise<void> | undefined = () => undefined;
  /** The next statement with this text is passed on. Then the connection is cut, so the answer is lost. */
  loseAnswerTo: string | undefined;
  readonly #listener = new LoopbackListener();

  static async start(host: string, port: number): Promise<LossyProxy> {
    const proxy = new LossyProxy();
    await proxy.#listener.open((client) => {
      proxy.#pass(client, connect({ host, port, noDelay: true }));
    });
    return proxy;
  }

  get port(): number {
    return this.#listener.port;
  }

  stop(): void {
    this.#listener.stop();
  }

  #pass(client: Socket, server: Socket): void {
    this.#listener.keep(client, server);
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
      const held = data[4] === COM_QUERY ? this.hold(data.toString('utf8', 5)) : undefined;
      if (held === undefined) server.write(data);
      else void held.then(() => server.write(data));
    });
    server.on('data', (data) => {
      if (losing) client.destroy();
      else client.write(data);
    });
    client.on('close', () => server.end());
    server.on('close', () => client.end());
  }
}
