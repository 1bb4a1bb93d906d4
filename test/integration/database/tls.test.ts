import path from 'node:path';
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startMariaDb, type MariaDbServer } from '../../../localstack/mariadb.ts';
import { isCdcError } from '../../../lib/errors.ts';
import { sinkErrors } from '../../../lib/wire/end-errors.ts';
import { classifyMysql } from '../../../lib/wire/error-class.ts';
import { LOAD_FORMAT } from '../../../lib/sink/write/load-format.ts';
import { mysqlDialect } from '../../../lib/mysql/mysql-dialect.ts';
import type { Connection } from '../../../lib/wire/connection.ts';
import { SessionSettings } from '../../../lib/wire/session-settings.ts';
import { ConnectionPool } from '../../../lib/wire/connection-pool.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import { type Certificate, CertificateAuthority } from '../../support/certificates.ts';
import { SqlClient } from '../../support/sql-client.ts';

let dir: string;
let server: MariaDbServer;
let served: Certificate;
let authority: CertificateAuthority;
let ca: string;
let client: SqlClient;
const pools: ConnectionPool[] = [];

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'mo-cdc-tls-'));
  authority = await CertificateAuthority.create(path.join(dir, 'ca'));
  ca = `tls-ca=${encodeURIComponent(await authority.pem())}`;
  served = { certFile: path.join(dir, 'server.pem'), keyFile: path.join(dir, 'server.key') };
  await install(await authority.issue('IP:127.0.0.1,DNS:localhost'), false);
  const args = ['--ssl', `--ssl-cert=${served.certFile}`, `--ssl-key=${served.keyFile}`];
  server = await startMariaDb({ dir: path.join(dir, 'server'), args });
  client = new SqlClient(`mysql://root:111@127.0.0.1:${server.port}`);
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});
afterAll(async () => {
  client.close();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

async function install({ certFile, keyFile }: Certificate, running = true): Promise<void> {
  await copyFile(certFile, served.certFile);
  await copyFile(keyFile, served.keyFile);
  if (running) await client.run('flush ssl');
}

function open(parameters: string, host = '127.0.0.1', port = server.port): ConnectionPool {
  const address = parseDatabaseUri(`mysql://root:111@${host}:${port}?${parameters}`);
  const toError = sinkErrors(classifyMysql);
  const settings = new SessionSettings(mysqlDialect.settings, toError);
  const pool = new ConnectionPool({ address, settings, toError }, new AbortController().signal);
  pools.push(pool);
  return pool;
}

/** `encrypted`, `plain`, or the code of the error. */
async function outcome(parameters: string, host?: string, port?: number): Promise<string> {
  try {
    const { rows } = await open(parameters, host, port).use((session) =>
      session.query("show session status like 'Ssl_cipher'"),
    );
    return (rows[0]?.[1] ?? []).length > 0 ? 'encrypted' : 'plain';
  } catch (error) {
    if (isCdcError(error, 'SINK_TLS') || isCdcError(error, 'SINK_UNREACHABLE')) return error.code;
    throw error;
  }
}

describe('a server with a certificate of an issuer of its own', () => {
  beforeAll(async () => {
    await install(await authority.issue('IP:127.0.0.1,DNS:localhost'));
  });

  test.each([
    ['', 'SINK_TLS'],
    ['tls=preferred', 'SINK_TLS'],
    ['tls=true', 'SINK_TLS'],
    ['ssl-mode=VERIFY_CA', 'SINK_TLS'],
    ['tls=skip-verify', 'encrypted'],
    ['tls=false', 'plain'],
    ['ssl-mode=DISABLED', 'plain'],
  ])('%j gives %s', async (parameters, expected) => {
    expect(await outcome(parameters)).toBe(expected);
  });

  test('is trusted when the URI names the issuer, by address and by name', async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await outcome(ca, host)).toBe('encrypted');
      expect(await outcome(`${ca}&tls=preferred`, host)).toBe('encrypted');
      expect(await outcome(`${ca.replace('tls-', 'ssl-')}&ssl-mode=VERIFY_IDENTITY`, host)).toBe('encrypted');
    }
    const base64 = Buffer.from(await authority.pem()).toString('base64');
    expect(await outcome(`tls-ca=${base64}`)).toBe('encrypted');
  });

  test('is trusted when the process trusts the issuer, and not otherwise', async () => {
    const lib = (name: string): string => JSON.stringify(pathToFileURL(path.resolve('lib', name)).href);
    const uri = `mysql://root:111@localhost:${server.port}`;
    const script = `const { ConnectionPool } = await import(${lib('wire/connection-pool.ts')});
      const { parseDatabaseUri } = await import(${lib('task/uri/database-uri.ts')});
      const { SessionSettings } = await import(${lib('wire/session-settings.ts')});
      const toError = (error) => error;
      const options = { address: parseDatabaseUri('${uri}'), settings: new SessionSettings([], toError, ['x']), toError };
      const pool = new ConnectionPool(options, new AbortController().signal);
      const { rows } = await pool.use((session) => session.query("show status like 'Ssl_version'"));
      console.log(String(rows[0][1]));
      await pool.close();`;
    const run = async (env: NodeJS.ProcessEnv): Promise<string> => {
      const args = ['--input-type=module', '--eval', script];
      const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
      return stdout;
    };
    expect(await run({ NODE_EXTRA_CA_CERTS: authority.certFile })).toMatch(/^TLSv1\.[23]/u);
    await expect(run({})).rejects.toThrow(/certificate/u);
  });
});

describe('a certificate for another name', () => {
  test('is refused unless only the issuer is to be verified, or the name is given', async () => {
    await install(await authority.issue('DNS:other.test'));
    expect(await outcome(ca)).toBe('SINK_TLS');
    expect(await outcome(ca, 'localhost')).toBe('SINK_TLS');
    expect(await outcome(`${ca}&tls=verify-ca`)).toBe('encrypted');
    expect(await outcome(`${ca}&tls-server-name=other.test`)).toBe('encrypted');
    expect(await outcome(`${ca}&tls-server-name=third.test`)).toBe('SINK_TLS');
  });

  test('is refused for an address, though the driver gives the server no name', async () => {
    await install(await authority.issue('DNS:localhost'));
    expect(await outcome(ca, 'localhost')).toBe('encrypted');
    expect(await outcome(ca)).toBe('SINK_TLS');
    await install(await authority.issue('IP:127.0.0.2'));
    expect(await outcome(ca)).toBe('SINK_TLS');
  });
});

test('a certificate that the server made for itself is trusted when it is named', async () => {
  const made = await authority.selfSigned('IP:127.0.0.1');
  await install(made);
  const { readFile } = await import('node:fs/promises');
  expect(await outcome('')).toBe('SINK_TLS');
  expect(await outcome(ca)).toBe('SINK_TLS');
  expect(await outcome(`tls-ca=${encodeURIComponent(await readFile(made.certFile, 'utf8'))}`)).toBe('encrypted');
});

test('an expired certificate is refused', async () => {
  await install(await authority.issue('IP:127.0.0.1', true));
  expect(await outcome(ca)).toBe('SINK_TLS');
  expect(await outcome(`${ca}&tls=verify-ca`)).toBe('SINK_TLS');
  expect(await outcome('tls=skip-verify')).toBe('encrypted');
});

test('a server without TLS is plain unless TLS is asked for', async () => {
  const plain = await startMariaDb({ dir: path.join(dir, 'plain') });
  try {
    expect(await outcome('', '127.0.0.1', plain.port)).toBe('plain');
    expect(await outcome(`${ca}&tls=preferred`, '127.0.0.1', plain.port)).toBe('plain');
    for (const parameters of ['tls=required', ca, 'tls=skip-verify']) {
      expect(await outcome(parameters, '127.0.0.1', plain.port)).toBe('SINK_TLS');
    }
  } finally {
    await plain.stop();
  }
});

test('a server that is gone is unreachable, not untrusted', async () => {
  expect(await outcome(ca, '127.0.0.1', 1)).toBe('SINK_UNREACHABLE');
});

test('files are sent, and rows are read with pauses, over TLS', async () => {
  await install(await authority.issue('IP:127.0.0.1'));
  const pool = open(ca);
  const count = 60_000;
  const padding = 'x'.repeat(400);
  const read = await pool.use(async (session) => {
    await session.query('create database if not exists tls_test');
    await session.query('create or replace table tls_test.t (id int primary key, pad varchar(500))');
    const head = "load data local infile 'rows' into table tls_test.t";
    const { affectedRows } = await session.load(`${head} ${LOAD_FORMAT}`, lines(count, padding));
    expect(affectedRows).toBe(count);
    return await readSlowly(session);
  });
  expect(read).toBe(count);
  const session = await pool.acquire();
  const start = Date.now();
  await session.end();
  expect(Date.now() - start).toBeLessThan(900);
  expect(session.alive).toBe(false);
  await client.run('drop database tls_test');
});

async function* lines(count: number, padding: string): AsyncGenerator<Buffer> {
  for (let i = 0; i < count; i += 1000) {
    const piece = Array.from({ length: 1000 }, (_, n) => `${i + n}\t${padding}\n`).join('');
    yield await Promise.resolve(Buffer.from(piece));
  }
}

/** Slower than the server sends, so that the connection is paused and resumed. */
async function readSlowly(session: Connection): Promise<number> {
  let seen = 0;
  for await (const rows of session.stream('select id, pad from tls_test.t')) {
    seen += rows.length;
    if (seen % 5000 === 0) await sleep(5);
  }
  return seen;
}
