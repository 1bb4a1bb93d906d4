import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DynamoDbTaskStore } from '../../../lib/dynamodb/dynamodb-task-store.ts';
import { openTaskTable } from '../../../lib/dynamodb/task-table.ts';
import { LOCAL_CREDENTIALS } from '../../../localstack/local-credentials.ts';

let server: Server;
let asked = 0;

beforeEach(async () => {
  asked = 0;
  server = createServer((_request, response) => {
    asked += 1;
    // To the first request there is never an answer.
    if (asked > 1) response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [name, value] of Object.entries({ ...LOCAL_CREDENTIALS, AWS_ENDPOINT_URL: endpoint }))
    vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

it('a request that DynamoDB never answers is given up and made again', async () => {
  await expect(new DynamoDbTaskStore(openTaskTable('tasks')).get('orders')).resolves.toBeUndefined();
  expect(asked).toBe(2);
}, 20_000);
