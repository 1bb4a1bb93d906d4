import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { sinkErrors } from '../../../lib/wire/end-errors.ts';
import { mysqlDialect } from '../../../lib/mysql/mysql-dialect.ts';
import { Connection } from '../../../lib/wire/connection.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { uriThrough } from '../../support/driver-options.ts';
import { LoopbackListener } from '../../support/loopback-listener.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  await servers.stop();
});

const LOSSES: Record<string, (socket: Socket) => void> = {
  closed: (socket) => socket.destroy(),
  reset: (socket) => socket.resetAndDestroy(),
  ended: (socket) => socket.end(),
};

let listener: LoopbackListener;
let session: Connection;
/** The worker's side of the connection, at the proxy. */
let clients: Socket[];
/** Nothing is passed on from the first connection on. */
let silent: boolean;

beforeEach(async () => {
  const address = parseDatabaseUri(servers.mysqlSinkUri);
  listener = new LoopbackListener();
  [clients, silent] = [[], false];
  await listener.open((client) => {
    clients.push(client);
    if (silent) {
      listener.keep(client);
      return;
    }
    const server = connect({ host: address.host, port: address.port });
    listener.keep(client, server);
    client.on('data', (data) => server.write(data));
    server.on('data', (data) => client.write(data));
    client.on('close', () => server.destroy());
  });
});
afterEach(() => {
  session.destroy();
  listener.stop();
});

const open = (): Connection =>
  Connection.connect({
    address: parseDatabaseUri(uriThrough(servers.mysqlSinkUri, listener)),
    toError: sinkErrors((error) => mysqlDialect.classify(error)),
  });

const lose = (how: string): void => {
  for (const client of clients) LOSSES[how]?.(client);
};

async function rowsOf(sql: string, onBatch: () => void = () => undefined): Promise<number> {
  let rows = 0;
  for await (const batch of session.stream(sql)) {
    rows += batch.length;
    onBatch();
  }
  return rows;
}

const LOST = { code: 'SINK_UNREACHABLE' };

/** Nobody waits for a callback of what is streamed: a worker would wait for rows until its time is up. */
it.each(Object.keys(LOSSES))('a connection that is %s while rows are waited for fails the stream', async (how) => {
  session = open();
  await session.query('select 1');
  setTimeout(() => {
    lose(how);
  }, 200);
  await expect(rowsOf('select sleep(60)')).rejects.toMatchObject(LOST);
  expect(session.alive).toBe(false);
});

it.each(Object.keys(LOSSES))('a connection that is %s while rows come fails the stream', async (how) => {
  session = open();
  const numbers =
    '(select 1 union select 2 union select 3 union select 4 union select 5 union select 6 union select 7)';
  const from = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${numbers} as ${name}`).join(', ');
  const onBatch = (): void => {
    lose(how);
  };
  await expect(rowsOf(`select repeat('x', 1000) from ${from}`, onBatch)).rejects.toMatchObject(LOST);
});

it.each(Object.keys(LOSSES))(
  'a connection that is %s before the server has said hello fails the stream',
  async (how) => {
    silent = true;
    session = open();
    setTimeout(() => {
      lose(how);
    }, 200);
    await expect(rowsOf('select 1')).rejects.toMatchObject(LOST);
  },
);
