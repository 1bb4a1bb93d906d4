import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** The names of services in policies, by their names in the header `x-amz-target`. */
const SERVICES: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'dynamodb',
  secretsmanager: 'secretsmanager',
  AmazonSSM: 'ssm',
  AWSEvents: 'events',
};

/** Stands in front of an emulator of AWS and records which actions are asked for. It answers invocations itself. */
export class CallRecorder {
  readonly #calls = new Map<string, Set<string>>();
  readonly #aws: string;
  readonly #server;
  #caller = '';

  constructor(awsEndpoint: string) {
    this.#aws = awsEndpoint;
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch((error: unknown) => response.writeHead(502).end(String(error)));
    });
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('It does not listen.');
    return `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** While `work` runs, records all calls as those of `caller`. */
  async as<T>(caller: string, work: () => Promise<T>): Promise<T> {
    this.#caller = caller;
    this.#of(caller);
    try {
      return await work();
    } finally {
      this.#caller = '';
    }
  }

  /** The actions of each caller, as policies name them. */
  get calls(): Record<string, string[]> {
    return Object.fromEntries([...this.#calls].map(([caller, actions]) => [caller, [...actions].sort()]));
  }

  #of(caller: string): Set<string> {
    const found = this.#calls.get(caller) ?? new Set();
    this.#calls.set(caller, found);
    return found;
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    for (const action of actionsOf(request, body.toString())) this.#of(this.#caller).add(action);
    if (request.url?.includes('/functions/') === true) {
      response.writeHead(202).end();
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !['host', 'connection', 'content-length'].includes(name)),
    ) as Record<string, string>;
    const { method = 'POST', url = '/' } = request;
    const answer = await fetch(this.#aws + url, { method, headers, body: new Uint8Array(body) });
    const type = answer.headers.get('content-type') ?? 'application/json';
    response.writeHead(answer.status, { 'content-type': type }).end(Buffer.from(await answer.arrayBuffer()));
  }
}

function actionsOf({ headers, url = '' }: IncomingMessage, body: string): string[] {
  if (url.includes('/functions/')) return ['lambda:InvokeFunction'];
  const [service = '', action = ''] = String(headers['x-amz-target']).split('.');
  const name = `${SERVICES[service] ?? service}:${action}`;
  // A transaction needs the rights of its writes.
  if (action === 'TransactWriteItems') {
    const { TransactItems = [] } = JSON.parse(body) as { readonly TransactItems?: readonly object[] };
    return TransactItems.flatMap((item) => Object.keys(item)).map((write) => `${SERVICES[service]}:${write}Item`);
  }
  // Tags on a new secret need a right of their own.
  return action === 'CreateSecret' && body.includes('"Tags"') ? [name, 'secretsmanager:TagResource'] : [name];
}
