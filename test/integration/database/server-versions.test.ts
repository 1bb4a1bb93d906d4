import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matrixoneDialect } from '../../../lib/matrixone/sink/matrixone-dialect.ts';
import { MatrixoneSource } from '../../../lib/matrixone/source/matrixone-source.ts';
import { USUAL_RULES } from '../../../lib/matrixone/definition/table-rules.ts';
import { DatabaseSink } from '../../../lib/sink/database-sink.ts';
import { mysqlDialect } from '../../../lib/mysql/mysql-dialect.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { DEFAULT_OPTIONS } from '../../../lib/task/task.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';

const never = new AbortController().signal;

let servers: TestServers;
beforeAll(async () => {
  servers = await testServers();
});
afterAll(async () => {
  for (const uri of [servers.matrixoneSinkUri, servers.mysqlSinkUri]) {
    const client = new SqlClient(uri);
    await client.run('drop database if exists mo_cdc_versions');
    client.close();
  }
  await servers.stop();
});

/** Each session looks at the version of its server: a worker finds out, too, and not only who creates a task. */
describe('a worker', () => {
  const sinkOf = (uri: string, type: 'matrixone' | 'mysql', allowUntestedVersion = false) =>
    new DatabaseSink({
      address: parseDatabaseUri(uri),
      dialect: type === 'mysql' ? mysqlDialect : matrixoneDialect,
      taskId: randomUUID(),
      database: 'mo_cdc_versions',
      signal: never,
      allowUntestedVersion,
    });
  // A server of another kind may not even take the settings of a session.
  const refused = expect.stringMatching(/^(?:SINK|SOURCE)_(?:UNSUPPORTED|SETTINGS)$/u) as string;

  test('does not write to a server of another kind', async () => {
    const wrong = sinkOf(servers.matrixoneSinkUri, 'mysql', true);
    await expect(wrong.takeOver(1)).rejects.toMatchObject({ code: refused });
    expect(await wrong.check([], 'refuse')).toMatchObject([{ code: refused }]);
    await wrong.close();
  });

  test('takes those that were tried', async () => {
    for (const sink of [sinkOf(servers.matrixoneSinkUri, 'matrixone'), sinkOf(servers.mysqlSinkUri, 'mysql')]) {
      expect(await sink.takeOver(1)).toMatchObject({ window: 0 });
      await sink.forget(1);
      await sink.close();
    }
    const source = new MatrixoneSource(parseDatabaseUri(servers.sourceUri), never);
    expect(await source.pins('mo_cdc_versions')).toEqual([]);
    await source.close();
  });

  test('does not read from a server of another kind', async () => {
    const options = { ...DEFAULT_OPTIONS, allowUntestedVersion: true };
    const source = new MatrixoneSource(parseDatabaseUri(servers.mysqlSinkUri), never, USUAL_RULES, options);
    await expect(source.pins('mo_cdc_versions')).rejects.toMatchObject({ code: refused });
    await source.close();
  });
});
