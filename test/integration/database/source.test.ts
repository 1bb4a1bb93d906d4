import { MatrixoneSource } from '../../../lib/matrixone/source/matrixone-source.ts';
import { USUAL_RULES } from '../../../lib/matrixone/definition/table-rules.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { describeSource } from '../../contracts/source-contract.ts';
import { testServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';

for (const changeReader of ['diff', 'compare', 'auto'] as const) {
  describeSource(`MatrixoneSource, ${changeReader}`, async () => {
    const servers = await testServers();
    const address = parseDatabaseUri(servers.sourceUri);
    const client = new SqlClient(servers.sourceUri);
    const never = new AbortController().signal;
    return {
      client,
      changeReader,
      emulated: !servers.real,
      open: (signal = never, rules = {}) =>
        new MatrixoneSource(address, signal, { ...USUAL_RULES, changeReader, ...rules }),
      openBroken: (how) =>
        new MatrixoneSource(how === 'port' ? { ...address, port: 1 } : { ...address, password: 'wrong-secret' }, never),
      close: async () => {
        client.close();
        await servers.stop();
      },
    };
  });
}
