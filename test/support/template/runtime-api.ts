import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** How a function's process answered: its result, its error, or why it could not be loaded. */
export interface Outcome {
  readonly kind: 'response' | 'error' | 'init';
  readonly body: unknown;
}

export interface RuntimeApi {
  /** For AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** What became of the event. */
  readonly outcome: Promise<Outcome>;
  stop(): Promise<void>;
}

/** The Lambda Runtime API for one process and one event. */
export async function startRuntimeApi(event: unknown): Promise<RuntimeApi> {
  const { promise: outcome, resolve } = Promise.withResolvers<Outcome>();
  let isTaken = false;
  const server = createServer((request, response) => {
    const step = /^\/2018-06-01\/runtime\/(?:(init)\/error|invocation\/[^/]+\/?(response|error)?)$/u.exec(
      request.url ?? '',
    );
    const kind = (step?.[1] ?? step?.[2]) as Outcome['kind'] | undefined;
    if (kind !== undefined) {
      void json(request).then((body) => {
        response.writeHead(202).end();
        resolve({ kind, body });
      });
    } else if (!isTaken) {
      isTaken = true;
      const deadline = Date.now() + 30_000;
      response.setHeader('lambda-runtime-aws-request-id', randomUUID());
      response.setHeader('lambda-runtime-deadline-ms', deadline).end(JSON.stringify(event));
    }
    // There is no second event: the process waits until it is ended.
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, outcome, stop };
}
