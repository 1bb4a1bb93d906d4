import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Choices } from '../choices.ts';
import { FAIR, type Weather, type Weathered } from './weather.ts';

const THROTTLED = ['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'] as const;
const LOOK_AGAIN = 20;

/** Stands before DynamoDB: answers as a busy or broken one does, or loses requests and answers. */
export class StormyStore implements Weathered {
  readonly name = 'store';
  weather: Weather = FAIR;
  readonly #target: URL;
  readonly #server: Server;
  readonly #choices: Choices;

  private constructor(target: string, choices: Choices) {
    this.#target = new URL(target);
    this.#choices = choices;
    this.#server = createServer((incoming, answer) => {
      this.#serve(incoming, answer).catch(() => answer.destroy());
    });
  }

  static async start(target: string, choices: Choices): Promise<StormyStore> {
    const store = new StormyStore(target, choices);
    store.#server.listen(0, '127.0.0.1');
    await once(store.#server, 'listening');
    return store;
  }

  get endpoint(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  cut(): void {
    this.#server.closeAllConnections();
  }

  stop(): void {
    this.#server.close();
    this.cut();
  }

  async #serve(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    const { weather } = this;
    if (weather.kind === 'slow') await delay(weather.milliseconds);
    while (this.weather.kind === 'silent') await delay(LOOK_AGAIN);
    if (weather.kind === 'refusing') answer.destroy();
    else if (weather.kind === 'throttling' && this.#choices.chance(weather.probability)) {
      fail(answer, 400, this.#choices.pick(THROTTLED));
    } else if (weather.kind === 'failing' && this.#choices.chance(weather.probability)) {
      fail(answer, 500, 'InternalServerError');
    } else if (weather.kind === 'lossy' && this.#choices.chance(weather.probability)) {
      // The request, or the answer to what was done.
      if (this.#choices.chance(0.5)) await this.#forward(incoming, body);
      answer.destroy();
    } else {
      const { status, headers, bytes } = await this.#forward(incoming, body);
      answer.writeHead(status, headers).end(bytes);
    }
  }

  async #forward(incoming: IncomingMessage, body: Buffer) {
    const { hostname, port } = this.#target;
    const { method, url, headers } = incoming;
    const passed = request({ hostname, port, method, path: url, headers });
    passed.end(body);
    const [response] = (await once(passed, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 500, headers: response.headers, bytes: await bodyOf(response) };
  }
}

function fail(answer: ServerResponse, status: number, type: string): void {
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'Stormy weather.' });
  answer.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
}

async function bodyOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
