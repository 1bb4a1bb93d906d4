import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMariaDb, type MariaDbServer } from '../../../localstack/mariadb.ts';
import { sinkErrors } from '../../../lib/wire/end-errors.ts';
import { classifyMysql } from '../../../lib/wire/error-class.ts';
import { Connection } from '../../../lib/wire/connection.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import type { TaskOptions } from '../../../lib/task/task.ts';
import { LiveWorld } from '../../support/live-world.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

const MIB = 1024 ** 2;
/** Of a transaction, as the server logs it. */
const LOGGED = 2 * MIB;
/** One that another follows. */
const FULL_PACKET = 2 ** 24 - 1;
const COMMAND = 1;

const TABLE = 'create table t (id int primary key, n int, v longtext)';
const rows = (count: number, bytes: number): string[] =>
  Array.from({ length: Math.ceil(count / 20) }, (_, part) => {
    const some = Array.from({ length: Math.min(20, count - part * 20) }, (__, i) => part * 20 + i);
    return `insert into t values ${some.map((id) => `(${id}, 0, '${String(id).padEnd(bytes, 'x')}')`).join(',')}`;
  });

let servers: TestServers;
let dir: string;
beforeAll(async () => {
  servers = await testServers();
  dir = await mkdtemp(path.join(tmpdir(), 'mo-cdc-limits-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true });
  await servers.stop();
});

/** Plays a story between the usual source and a MariaDB with these options. */
async function withSink(args: readonly string[], story: (world: LiveWorld) => Promise<void>): Promise<void> {
  const name = `sink${args.join('').replaceAll(/\W/gu, '')}`;
  const server: MariaDbServer = await startMariaDb({ dir: path.join(dir, name), args });
  const world = new LiveWorld({ ...servers, mysqlSinkUri: `mysql://root:111@127.0.0.1:${server.port}` }, 'mysql');
  try {
    await story(world);
  } finally {
    await world.close();
    await server.stop();
  }
}

const open = (world: LiveWorld, definitions: readonly string[], options: Partial<TaskOptions> = {}): Promise<void> =>
  world.open(['t'], [TABLE, ...definitions], { mode: 'tick', ...options });

async function expectInStep(world: LiveWorld): Promise<void> {
  await world.progress();
  const { source, sink } = await world.sides('t');
  expect(sink).toEqual(source);
}

describe('a sink that takes packets of 1 MiB', () => {
  const PACKETS = ['--max-allowed-packet=1M'];

  it('gets larger windows and pieces of a load in several', async () => {
    await withSink(PACKETS, async (world) => {
      await open(world, rows(60, 60_000), { maxSqlLength: 8 * MIB });
      await world.run();
      await expectInStep(world);
      await world.source.run('update t set n = n + 1');
      await world.run();
      await expectInStep(world);
    });
  });

  it('gets a row that is larger than that by LOAD DATA, and else the error says so before it is sent', async () => {
    await withSink([...PACKETS, '--local-infile=0'], async (world) => {
      await open(world, rows(3, 1.5 * MIB), { tableErrors: 'stop' });
      await world.run();
      const { error } = (await world.store.get('t')) ?? {};
      expect(error).toMatchObject({ code: 'SINK_ROW_TOO_LARGE', table: `${world.from}.t` });
      expect(error?.message).toMatch(/1572\d\d\d bytes.* 10475\d\d: insert into/u);
    });
    await withSink(PACKETS, async (world) => {
      await open(world, rows(3, 1.5 * MIB));
      await world.run();
      await world.progress();
      expect(await world.sink.query(`select id, length(v) from ${world.to}.t_copy`)).toHaveLength(3);
    });
  });
});

it('a window that exceeds what a sink logs of one transaction is split', async () => {
  const log = ['--log-bin', '--server-id=1', '--binlog-format=row', `--max-binlog-cache-size=${LOGGED}`];
  await withSink([...log, '--binlog-cache-size=4096'], async (world) => {
    await open(world, rows(60, 60_000));
    await world.run();
    await expectInStep(world);
    const { tables } = await world.progress();
    expect(Object.values(tables)[0]?.chunks).toBeGreaterThan(4);
    await world.source.run('update t set n = n + 1');
    await world.run();
    await expectInStep(world);
  });
});

// Never with a real MatrixOne: without the mechanism, this would end it.
it.each([-5, -4, -3, -2, -1, 0, 1])(
  'a statement of a full packet and %d bytes leaves the connection usable',
  async (more) => {
    const session = Connection.connect({
      address: parseDatabaseUri(servers.mysqlSinkUri),
      toError: sinkErrors(classifyMysql),
      limit: { milliseconds: 20_000, error: () => new Error('No answer.') },
    });
    for (const packets of [1, 2]) {
      const length = packets * FULL_PACKET + more - COMMAND - "select length('')".length;
      const { rows: answer } = await session.query(`select length('${'x'.repeat(length)}')`);
      expect(String(answer[0]?.[0])).toBe(String(length));
      for (const next of ['7', '8']) expect(String((await session.query(`select ${next}`)).rows[0]?.[0])).toBe(next);
    }
    await session.end();
  },
);
