import { MatrixoneSource } from '../../../lib/matrixone/matrixone-source.ts';
import { parseDatabaseUri } from '../../../lib/task/database-uri.ts';
import { describeSource } from '../../contracts/source-contract.ts';
import { testServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';

describeSource('MatrixoneSource', async () => {
  const servers = await testServers();
  const address = parseDatabaseUri(servers.sourceUri);
  const client = new SqlClient(servers.sourceUri);
  const never = new AbortController().signal;
  return {
    client,
    open: (signal = never) => new MatrixoneSource(address, signal),
    openBroken: (how) =>
      new MatrixoneSource(how === 'port' ? { ...address, port: 1 } : { ...address, password: 'wrong-secret' }, never),
    close: async () => {
      client.close();
      await servers.stop();
    },
  };
});
