import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { localTable } from '../../support/local-table.ts';
import { Choices } from '../../storm/choices.ts';
import { SteadyClient } from '../../storm/actors/steady-client.ts';
import type { SqlClient } from '../../support/sql-client.ts';
import { StormyProxy } from '../../storm/faults/stormy-proxy.ts';
import { StormyStore } from '../../storm/faults/stormy-store.ts';
import type { Weather } from '../../storm/faults/weather.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const ALWAYS = 1;

/** Sends `ping` under this weather; what comes back until the connection ends or `pong` has arrived. */
async function ask(weather: Weather, seed: number): Promise<{ readonly heard: string; readonly answer: string }> {
  let heard = '';
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      heard += data.toString();
      socket.write('pong');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await StormyProxy.start(
    'source',
    '127.0.0.1',
    (server.address() as AddressInfo).port,
    new Choices(seed),
  );
  closing.push(() => {
    proxy.stop();
    server.close();
  });
  proxy.weather = weather;
  const client = connect(proxy.port, '127.0.0.1');
  client.on('error', () => undefined);
  client.write('ping');
  let answer = '';
  client.on('data', (data) => {
    answer += data.toString();
    client.end();
  });
  await once(client, 'close');
  return { heard, answer };
}

it('a proxy passes everything on in fair weather, and late in a slow one', async () => {
  for (const weather of [{ kind: 'fair' }, { kind: 'slow', milliseconds: 5 }] as const) {
    expect(await ask(weather, 1)).toEqual({ heard: 'ping', answer: 'pong' });
  }
});

it('a proxy refuses connections', async () => {
  expect(await ask({ kind: 'refusing' }, 1)).toEqual({ heard: '', answer: '' });
});

it('a lossy proxy loses either what is said, or the answer to it', async () => {
  const found = new Set<string>();
  for (let seed = 0; seed < 20; seed += 1) {
    const { heard, answer } = await ask({ kind: 'lossy', probability: ALWAYS }, seed);
    expect(answer).toBe('');
    found.add(heard);
  }
  expect(found).toEqual(new Set(['', 'ping']));
});

it('a store answers as a busy DynamoDB does, and the SDK takes it for one', async () => {
  const server = createHttpServer((_request, response) => response.end('{}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const store = await StormyStore.start(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, new Choices(1));
  closing.push(() => {
    store.stop();
    server.close();
  });
  const { documents } = localTable(store.endpoint, 'any');
  const get = () => documents.send(new GetCommand({ TableName: 'any', Key: { pk: 'a', sk: 'b' } }));
  await expect(get()).resolves.toMatchObject({ $metadata: { httpStatusCode: 200 } });
  store.weather = { kind: 'throttling', probability: ALWAYS };
  await expect(get()).rejects.toMatchObject({
    name: expect.stringMatching(/Throttl|Throughput|RequestLimit/u) as unknown,
  });
  store.weather = { kind: 'failing', probability: ALWAYS };
  await expect(get()).rejects.toMatchObject({ name: 'InternalServerError' });
}, 30_000);

it('a writer gives up a server that does not answer, and takes another connection', async () => {
  const silent = createServer((socket) => socket.on('error', () => undefined));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  closing.push(() => silent.close());
  const uri = `mysql://root:111@127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const steady = new SteadyClient(uri, [], 50);
  const clients = new Set<SqlClient>();
  const work = (client: SqlClient): Promise<void> => {
    clients.add(client);
    return client.run('select 1');
  };
  for (let i = 0; i < 2; i += 1) await expect(steady.use(() => true, work)).rejects.toThrow('No answer within 50 ms.');
  expect(clients.size).toBe(2);
  steady.close();
});
