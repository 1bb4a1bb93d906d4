import { matrixoneDialect } from '../../lib/matrixone/sink/matrixone-dialect.ts';
import { DatabaseSink } from '../../lib/sink/database-sink.ts';
import { mysqlDialect } from '../../lib/mysql/mysql-dialect.ts';
import { parseDatabaseUri, type DatabaseAddress } from '../../lib/task/uri/database-uri.ts';
import type { SinkType } from '../../lib/task/task.ts';
import type { SinkFixture } from '../contracts/sink-world.ts';
import { testServers } from './servers.ts';
import { NO_PAD } from './sink-server.ts';
import { SqlClient } from './sql-client.ts';

/** The sink of this type among the test servers. */
export async function sinkFixture(type: SinkType): Promise<SinkFixture> {
  const servers = await testServers();
  const uri = type === 'mysql' ? servers.mysqlSinkUri : servers.matrixoneSinkUri;
  const address = parseDatabaseUri(uri);
  const client = new SqlClient(uri);
  const never = new AbortController().signal;
  const open = (at: DatabaseAddress, taskId: string, database: string, signal: AbortSignal): DatabaseSink =>
    new DatabaseSink({
      address: at,
      dialect: type === 'mysql' ? mysqlDialect : matrixoneDialect,
      taskId,
      database,
      signal,
    });
  return {
    client,
    open: (taskId, bookkeeping, signal = never) => open(address, taskId, bookkeeping, signal),
    openBroken: (how) =>
      open(how === 'port' ? { ...address, port: 1 } : { ...address, password: 'wrong-secret' }, 'x', 'mo_cdc', never),
    emulated: type === 'matrixone' && !servers.real,
    loadChecksKeys: type === 'mysql',
    noPad: type === 'mysql' ? NO_PAD[servers.mysqlSink] : undefined,
    close: async () => {
      client.close();
      await servers.stop();
    },
  };
}
