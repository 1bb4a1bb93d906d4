import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { LoopbackListener } from '../../support/loopback-listener.ts';
import type { Choices } from '../choices.ts';
import { FAIR, type Weather, type Weathered } from './weather.ts';

const LOOK_AGAIN = 20;

/** Stands before a database server, and passes connections on as the weather allows. */
export class StormyProxy implements Weathered {
  readonly name: string;
  weather: Weather = FAIR;
  readonly #listener = new LoopbackListener();
  readonly #choices: Choices;

  private constructor(name: string, choices: Choices) {
    this.name = name;
    this.#choices = choices;
  }

  static async start(name: string, host: string, port: number, choices: Choices): Promise<StormyProxy> {
    const proxy = new StormyProxy(name, choices);
    await proxy.#listener.open((client) => {
      proxy.#listener.keep(client);
      if (proxy.weather.kind === 'refusing') {
        client.destroy();
        return;
      }
      const upstream = connect({ host, port, noDelay: true });
      proxy.#listener.keep(upstream);
      void proxy.#pass(client, upstream);
    });
    return proxy;
  }

  get port(): number {
    return this.#listener.port;
  }

  cut(): void {
    this.#listener.cut();
  }

  stop(): void {
    this.#listener.stop();
  }

  async #pass(client: Socket, server: Socket): Promise<void> {
    try {
      await Promise.race([this.#pump(client, server), this.#pump(server, client)]);
    } catch {
      // Reset by either side: the other one is closed below.
    } finally {
      client.destroy();
      server.destroy();
    }
  }

  async #pump(from: Socket, to: Socket): Promise<void> {
    for await (const chunk of from) {
      const lost = await this.#fare();
      if (lost && this.#choices.chance(0.5)) return;
      if (to.destroyed) return;
      if (lost) {
        // What was passed on arrives; what is answered does not.
        from.destroy();
        await written(to, chunk as Buffer);
        return;
      }
      if (!to.write(chunk as Buffer)) await Promise.race([once(to, 'drain'), once(to, 'close')]);
    }
  }

  /** True when the connection is to be lost. */
  async #fare(): Promise<boolean> {
    if (this.weather.kind === 'slow') await delay(this.weather.milliseconds);
    while (this.weather.kind === 'silent') await delay(LOOK_AGAIN);
    return this.weather.kind === 'lossy' && this.#choices.chance(this.weather.probability);
  }
}

/** The bytes are with the system, or the connection is gone; it may still have to be made. */
const written = (to: Socket, chunk: Buffer): Promise<void> =>
  new Promise((resolve) => {
    to.once('close', () => {
      resolve();
    });
    to.end(chunk, () => {
      resolve();
    });
  });
