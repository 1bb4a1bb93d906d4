import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EmptyAws {
  readonly endpoint: string;
  /** The calls that it does not know. */
  readonly unknown: readonly string[];
  stop(): Promise<void>;
}

const REFUSED = 'ConditionalCheckFailedException';

/** DynamoDB's answers for a table with nothing in it. No condition of a write holds. */
const ANSWERS: Readonly<Record<string, readonly [number, object]>> = {
  GetItem: [200, {}],
  Query: [200, { Items: [], Count: 0, ScannedCount: 0 }],
  BatchGetItem: [200, { Responses: {}, UnprocessedKeys: {} }],
  PutItem: [400, { __type: REFUSED, message: 'The conditional request failed' }],
  UpdateItem: [400, { __type: REFUSED, message: 'The conditional request failed' }],
  DeleteItem: [400, { __type: REFUSED, message: 'The conditional request failed' }],
  TransactWriteItems: [
    400,
    { __type: 'TransactionCanceledException', CancellationReasons: [{ Code: 'ConditionalCheckFailed' }] },
  ],
};

/** An AWS in which there is a table, without any task. */
export async function startEmptyAws(): Promise<EmptyAws> {
  const unknown: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    const target = String(request.headers['x-amz-target'] ?? request.url);
    const [status, body] = ANSWERS[target.replace('DynamoDB_20120810.', '')] ?? [404, {}];
    if (status === 404) unknown.push(target);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, unknown, stop };
}
