import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { openNative } from '../../lib/cli/open-places.ts';
import { propose } from '../../lib/native/proposal.ts';
import { parseDatabaseUri } from '../../lib/task/uri/database-uri.ts';
import { carriesOutNative, createNative, dropNative, EXCLUDE, pauseNative } from '../support/native-source.ts';
import { testServers, type TestServers } from '../support/servers.ts';
import { SqlClient } from '../support/sql-client.ts';

let servers: TestServers;
let source: SqlClient;
beforeAll(async () => {
  servers = await testServers();
  source = new SqlClient(servers.sourceUri);
});
afterAll(async () => {
  source.close();
  await servers.stop();
});

const suffix = randomUUID().slice(0, 8);
const database = `native_${suffix}`;
const name = `task_${suffix}`;
const pitr = `pitr_${suffix}`;

it('a task of CREATE CDC is read as the server keeps it', async () => {
  onTestFinished(async () => {
    await dropNative(source, name);
    await source.run(`drop pitr if exists ${pitr}`, `drop database ${database}`);
    // CREATE CDC makes its sink table at once.
    const sink = new SqlClient(servers.matrixoneSinkUri);
    await sink.run(`drop database if exists ${database}_copy`);
    sink.close();
  });
  await source.run(
    `create database ${database}`,
    `create table ${database}.t (id int primary key)`,
    `create pitr ${pitr} for database ${database} range 3 'h'`,
  );
  const { sourceUri, matrixoneSinkUri: sinkUri } = servers;
  await createNative(source, {
    ...{ name, sourceUri, sinkUri, from: `${database}.t`, to: `${database}_copy.u` },
    full: false,
  });
  await pauseNative(source, name);
  const catalog = await openNative(servers.sourceUri);
  try {
    const found = (await catalog.list())?.find((each) => each.name === name);
    if (found === undefined) throw new Error('It is not there.');
    const { user, host, port } = parseDatabaseUri(servers.matrixoneSinkUri);
    expect(found).toMatchObject({ sink: { user, host, port }, sinkType: 'matrixone', noFull: true, startTs: '' });
    expect(found.exclude).toBe(EXCLUDE);
    expect(Math.abs(found.createdAt - Date.now())).toBeLessThan(
      carriesOutNative() ? 120_000 : Number.POSITIVE_INFINITY,
    );
    const [proposal] = propose([found], found.createdAt);
    expect(proposal).toMatchObject({
      level: 'table',
      tables: [{ source: `${database}.t`, sink: `${database}_copy.u` }],
      options: { mode: 'tick', pollIntervalMs: 3_600_000 },
      isStopped: true,
      impossible: undefined,
    });
  } finally {
    await catalog.close();
  }
});

it('a user without the right to read them is told apart from a source without any', async () => {
  const user = `reader_${suffix}`;
  await source.run(`create user ${user} identified by 'x'`);
  onTestFinished(() => source.run(`drop user ${user}`));
  const { host, port } = parseDatabaseUri(servers.sourceUri);
  const catalog = await openNative(`mysql://${user}:x@${host}:${port}`);
  try {
    expect(await catalog.list()).toBeUndefined();
  } finally {
    await catalog.close();
  }
});
