import { expect, it } from 'vitest';
import { sinkErrors } from '../../../lib/wire/end-errors.ts';
import { classifyMysql } from '../../../lib/wire/error-class.ts';
import { Connection } from '../../../lib/wire/connection.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { CAPABILITIES, FakeServer, rowsAnswer, okPacket } from '../../support/fake-server.ts';

/** Where both sides can do attributes, two bytes come before each statement: `padded` counts without them. */
it('a server that takes attributes of statements gets a statement and nothing else', async () => {
  const sent: (string | undefined)[] = [];
  const server = await FakeServer.start(async (client) => {
    client.greet({ capabilities: CAPABILITIES.queryAttributes });
    await client.packet();
    client.send(okPacket());
    sent.push(await client.statement());
    client.send(...rowsAnswer(['1'], [['1']]));
  });
  const session = Connection.connect({
    address: parseDatabaseUri(`mysql://app:pw@127.0.0.1:${server.port}?tls=disabled`),
    toError: sinkErrors(classifyMysql),
  });
  await session.query('select 1');
  session.destroy();
  server.stop();
  expect(sent).toEqual(['select 1']);
});
