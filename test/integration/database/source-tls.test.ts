import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MatrixoneSource } from '../../../lib/matrixone/source/matrixone-source.ts';
import { USUAL_RULES } from '../../../lib/matrixone/definition/table-rules.ts';
import { type DatabaseAddress, parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { describeSource } from '../../contracts/source-contract.ts';
import { CertificateAuthority } from '../../support/certificates.ts';
import { testServers, type TestServers } from '../../support/servers.ts';
import { SqlClient } from '../../support/sql-client.ts';
import { TlsFront } from '../../support/tls-front.ts';

const NEVER = new AbortController().signal;

let dir: string;
let servers: TestServers;
let authority: CertificateAuthority;
let front: TlsFront;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'mo-cdc-tls-'));
  servers = await testServers();
  authority = await CertificateAuthority.create(dir);
  const { host, port } = parseDatabaseUri(servers.sourceUri);
  front = await TlsFront.start(host, port, await authority.issue('DNS:source.test,IP:127.0.0.1'));
});
afterAll(async () => {
  front.stop();
  await servers.stop();
  await rm(dir, { recursive: true, force: true });
});

const address = (parameters: string): DatabaseAddress => {
  const { tls } = parseDatabaseUri(`mysql://u:p@h?${parameters}`);
  return { ...parseDatabaseUri(servers.sourceUri), host: '127.0.0.1', port: front.port, tls };
};
const trusted = async (): Promise<string> => `tls-ca=${encodeURIComponent(await authority.pem())}`;

describeSource('MatrixoneSource over TLS', async () => {
  const client = new SqlClient(servers.sourceUri);
  const over = address(await trusted());
  return {
    client,
    changeReader: 'auto',
    emulated: !servers.real,
    open: (signal = NEVER, rules = {}) => new MatrixoneSource(over, signal, { ...USUAL_RULES, ...rules }),
    openBroken: (how) =>
      new MatrixoneSource(how === 'port' ? { ...over, port: 1 } : { ...over, password: 'wrong-secret' }, NEVER),
    close: () => {
      client.close();
      expect(front.encrypted).toBeGreaterThan(0);
      return Promise.resolve();
    },
  };
});

test('a source whose certificate nobody vouches for, or for another name, is a complaint', async () => {
  for (const parameters of ['', `${await trusted()}&tls-server-name=sink.test`]) {
    const source = new MatrixoneSource(address(parameters), NEVER);
    expect((await source.check([])).map(({ code }) => code)).toEqual(['SOURCE_TLS']);
    await source.close();
  }
});

test('a source without TLS is a complaint where TLS is asked for', async () => {
  const { tls } = parseDatabaseUri('mysql://u:p@h?tls=required');
  const source = new MatrixoneSource({ ...parseDatabaseUri(servers.sourceUri), tls }, NEVER);
  expect((await source.check([])).map(({ code }) => code)).toEqual(['SOURCE_TLS']);
  await source.close();
});
