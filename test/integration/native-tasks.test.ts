import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { openNative } from '../../lib/cli/open-places.ts';
import { propose } from '../../lib/native/proposal.ts';
import { TASK_COLUMNS } from '../../lib/native/native-task.ts';
import { quoteText } from '../../lib/sql/literal.ts';
import { parseDatabaseUri } from '../../lib/task/uri/database-uri.ts';
import { eventually } from '../support/eventually.ts';
import { keptLogin, keptTables, nativeRow } from '../support/native-rows.ts';
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

const isReal = process.env['MATRIXONE_SOURCE'] !== undefined;
const suffix = randomUUID().slice(0, 8);
const database = `native_${suffix}`;
const name = `task_${suffix}`;
const pitr = `pitr_${suffix}`;

/** A real server gets the task by CREATE CDC. The emulator carries none out: it gets what a real one keeps of it. */
async function createNative(): Promise<void> {
  const { sourceUri, matrixoneSinkUri } = servers;
  if (isReal) {
    await source.run(
      `create pitr ${pitr} for database ${database} range 3 'h'`,
      `create cdc ${name} '${sourceUri}' 'matrixone' '${matrixoneSinkUri}' '${database}.t:${database}_copy.u'
       {'Level'='table', 'Frequency'='1h', 'NoFull'='true', 'Exclude'='\\\\.tmp_'}`,
    );
    // A new task cannot be paused before it runs.
    await eventually('the server takes the pause', () =>
      source.run(`pause cdc task ${name}`).then(
        () => true,
        (error: unknown) => {
          if (!String(error).includes('now it is Created')) throw error;
        },
      ),
    );
    return;
  }
  const [from, to] = [sourceUri, matrixoneSinkUri].map((uri) => parseDatabaseUri(uri));
  const row = nativeRow({
    task_id: randomUUID(),
    task_name: name,
    source_uri: keptLogin(from?.user ?? '', from?.port ?? 0),
    sink_uri: keptLogin(to?.user ?? '', to?.port ?? 0),
    tables: keptTables([`${database}.t`, `${database}_copy.u`]),
    filters: String.raw`\.tmp_`,
    no_full: '1',
    additional_config: '{"Frequency":"1h","InitSnapshotSplitTxn":true,"MaxSqlLength":4194304,"SendSqlTimeout":"10m"}',
  });
  await source.run(
    `insert into mo_catalog.mo_cdc_task (${TASK_COLUMNS.join(', ')}) values (${row.map(quoteText).join(', ')})`,
  );
}

it('a task of CREATE CDC is read as the server keeps it', async () => {
  onTestFinished(async () => {
    const left = isReal
      ? [`drop cdc task ${name}`, `drop pitr ${pitr}`]
      : [`delete from mo_catalog.mo_cdc_task where task_name = '${name}'`];
    await source.run(...left, `drop database ${database}`);
  });
  await source.run(`create database ${database}`, `create table ${database}.t (id int primary key)`);
  await createNative();
  const catalog = await openNative(servers.sourceUri);
  try {
    const found = await eventually('the task is paused', async () => {
      const task = (await catalog.list())?.find((each) => each.name === name);
      return task?.state === 'paused' ? task : undefined;
    });
    const { user, host, port } = parseDatabaseUri(servers.matrixoneSinkUri);
    expect(found).toMatchObject({ sink: { user, host, port }, sinkType: 'matrixone', noFull: true, startTs: '' });
    expect(found.exclude).toBe(String.raw`\.tmp_`);
    expect(Math.abs(found.createdAt - Date.now())).toBeLessThan(isReal ? 120_000 : Number.POSITIVE_INFINITY);
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
