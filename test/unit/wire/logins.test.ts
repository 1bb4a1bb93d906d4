import { constants, createHash, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toCdcError } from '../../../lib/errors.ts';
import { sinkErrors, sourceErrors } from '../../../lib/wire/end-errors.ts';
import { classifyMysql } from '../../../lib/wire/error-class.ts';
import { Connection } from '../../../lib/wire/connection.ts';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';
import {
  CAPABILITIES,
  errorPacket,
  type FakeClient,
  FakeServer,
  okPacket,
  SCRAMBLE,
} from '../../support/fake-server.ts';

const PASSWORD = 'Sup3rSecret-äö🐤';
/** That of whoever is in between. */
const KEY_BYTES = 256;
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 8 * KEY_BYTES });
const PEM = publicKey.export({ type: 'spki', format: 'pem' }).toString();

interface Login {
  /** `in`, or the code of the error. */
  readonly outcome: string;
  /** All that the server was sent. */
  readonly received: Buffer;
}

async function login(parameters: string, converse: (client: FakeClient) => Promise<void>): Promise<Login> {
  const server = await FakeServer.start(converse);
  const uri = `mysql://app:${encodeURIComponent(PASSWORD)}@127.0.0.1:${server.port}${parameters}`;
  // As the pool does where a server offers no TLS.
  const address = parseDatabaseUri(uri);
  const tls = address.tls.use === 'offered' ? { ...address.tls, use: 'never' as const } : address.tls;
  const session = Connection.connect({ address: { ...address, tls }, toError: sinkErrors(classifyMysql) });
  const outcome = await session.query('select 1').then(
    () => 'in',
    (error: unknown) => toCdcError(error).code,
  );
  session.destroy();
  // With what was still under way.
  await server.left();
  server.stop();
  return { outcome, received: server.received };
}

const switchTo = (plugin: string, data: Buffer = Buffer.concat([SCRAMBLE, Buffer.from([0])])): Buffer =>
  Buffer.concat([Buffer.from([0xfe]), Buffer.from(`${plugin}\0`), data]);
const moreData = (data: Buffer | string): Buffer => Buffer.concat([Buffer.from([1]), Buffer.from(data)]);

/** Everything that a packet may hold of the password: as it is, scrambled, or for the key of whoever is in between. */
function revealed(received: Buffer): string | undefined {
  const secret = Buffer.from(PASSWORD);
  if (received.includes(secret)) return 'as it is';
  for (let at = 0; at < received.length; at += 1) {
    for (let shift = 0; shift < SCRAMBLE.length; shift += 1) {
      const isPlain = (byte: number, i: number): boolean =>
        byte === ((received[at + i] ?? 0) ^ (SCRAMBLE[(i + shift) % SCRAMBLE.length] ?? 0));
      if (secret.every(isPlain)) return 'scrambled';
    }
  }
  return packets(received).some((payload) => payload.length === KEY_BYTES && opens(payload))
    ? 'for the key'
    : undefined;
}

function packets(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4 + bytes.readUIntLE(at, 3)) {
    found.push(bytes.subarray(at + 4, at + 4 + bytes.readUIntLE(at, 3)));
  }
  return found;
}

function opens(bytes: Buffer): boolean {
  try {
    privateDecrypt({ key: privateKey, oaepHash: 'sha1', padding: constants.RSA_PKCS1_OAEP_PADDING }, bytes);
    return true;
  } catch {
    return false;
  }
}

/** Of a server, or of whoever is in between: what it answers to each packet of a login, one after the other. */
const asking =
  (plugin: string, ...steps: readonly (Buffer | readonly Buffer[])[]) =>
  async (client: FakeClient): Promise<void> => {
    client.greet({ plugin });
    for (const step of steps) {
      if ((await client.packet()) === undefined) return;
      client.send(...(Buffer.isBuffer(step) ? [step] : step));
    }
    while ((await client.packet()) !== undefined) client.send(okPacket());
  };

const FULL = moreData(Buffer.from([4]));
const LOGINS: readonly (readonly [string, (client: FakeClient) => Promise<void>])[] = [
  ['sha256_password, from the beginning', asking('sha256_password', switchTo('sha256_password'), moreData(PEM))],
  ['sha256_password, later', asking('mysql_native_password', switchTo('sha256_password'), moreData(PEM))],
  [
    'caching_sha2_password in full',
    asking('caching_sha2_password', switchTo('caching_sha2_password'), FULL, moreData(PEM)),
  ],
  ['caching_sha2_password in full at once', asking('caching_sha2_password', FULL, moreData(PEM), moreData(PEM))],
  [
    'caching_sha2_password in full, later',
    asking('mysql_native_password', switchTo('caching_sha2_password'), FULL, moreData(PEM)),
  ],
  [
    'a key that nobody has asked for',
    asking('mysql_native_password', switchTo('caching_sha2_password'), moreData(PEM), moreData(PEM)),
  ],
  ['mysql_clear_password, from the beginning', asking('mysql_clear_password', switchTo('mysql_clear_password'))],
  ['mysql_clear_password, later', asking('mysql_native_password', switchTo('mysql_clear_password'))],
  ['mysql_old_password', asking('mysql_native_password', switchTo('mysql_old_password'))],
  ['mysql_old_password by the old packet', asking('mysql_native_password', Buffer.from([0xfe]))],
  ['dialog', asking('mysql_native_password', switchTo('dialog', Buffer.from('\x02Password: ')))],
  [
    'another factor',
    asking('mysql_native_password', Buffer.concat([Buffer.from([2]), Buffer.from('mysql_clear_password\0')])),
  ],
  [
    'one plugin after the other',
    asking('caching_sha2_password', switchTo('mysql_native_password'), switchTo('sha256_password'), moreData(PEM)),
  ],
  ['__proto__', asking('__proto__', switchTo('__proto__'))],
];

describe('without TLS', () => {
  test.each(LOGINS)('a server that asks for %s gets no password', async (_, converse) => {
    const { outcome, received } = await login('', converse);
    expect(revealed(received)).toBeUndefined();
    expect(outcome).toMatch(/^SINK_(?:LOGIN_UNSAFE|ACCESS_DENIED)$/u);
  });

  test('a server in between gets none, whatever it asks for in whatever order', async () => {
    const plugins = fc.constantFrom(
      ...['mysql_native_password', 'caching_sha2_password', 'sha256_password', 'mysql_clear_password', 'other'],
    );
    const steps = fc.oneof(
      plugins.map((plugin) => switchTo(plugin)),
      fc.tuple(plugins, fc.uint8Array({ maxLength: 24 })).map(([plugin, data]) => switchTo(plugin, Buffer.from(data))),
      fc.constantFrom(FULL, moreData(PEM), moreData(Buffer.from([3])), moreData(Buffer.from([2]))),
      fc.uint8Array({ maxLength: 9 }).map((data) => moreData(Buffer.from(data))),
    );
    await fc.assert(
      fc.asyncProperty(plugins, fc.array(steps, { minLength: 1, maxLength: 6 }), async (plugin, sent) => {
        expect(revealed((await login('', asking(plugin, ...sent))).received)).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  test('the login by what only the password proves goes on', async () => {
    const inside = { outcome: 'in' };
    expect(await login('', asking('mysql_native_password', okPacket()))).toMatchObject(inside);
    const native = asking('caching_sha2_password', switchTo('mysql_native_password'), okPacket());
    expect(await login('', native)).toMatchObject(inside);
    const known = [moreData(Buffer.from([3])), okPacket()];
    const proved = await login('', asking('caching_sha2_password', switchTo('caching_sha2_password'), known));
    expect(proved).toMatchObject(inside);
    // The proof is that of the plugin.
    const sha = (...parts: readonly Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
    const once = sha(Buffer.from(PASSWORD));
    const mask = sha(sha(once), SCRAMBLE);
    expect(proved.received.includes(Buffer.from(once.map((byte, i) => byte ^ (mask[i] ?? 0))))).toBe(true);
  });

  test('the error says what to do, at either end', async () => {
    const server = await FakeServer.start(asking('mysql_native_password', switchTo('sha256_password')));
    const address = parseDatabaseUri(`mysql://app:pw@127.0.0.1:${server.port}?tls=disabled`);
    const session = Connection.connect({ address, toError: sourceErrors(classifyMysql) });
    await expect(session.query('select 1')).rejects.toMatchObject({
      code: 'SOURCE_LOGIN_UNSAFE',
      retry: false,
      action: expect.stringContaining('?tls=required') as string,
      message: expect.stringContaining('sha256_password') as string,
    });
    server.stop();
  });
});

describe('where the connection is to be encrypted', () => {
  const INJECTED: readonly (readonly [string, readonly Buffer[]])[] = [
    ['another plugin', [switchTo('sha256_password')]],
    ['that the login is taken', [okPacket()]],
    ['an error', [errorPacket(1045, 'come again without TLS')]],
  ];
  test.each(INJECTED)(
    '%s that comes in plain behind the greeting ends it, and nothing but the request for TLS is said',
    async (_, then) => {
      const converse = async (client: FakeClient): Promise<void> => {
        client.greet({ capabilities: CAPABILITIES.ssl, plugin: 'sha256_password', then: [...then] });
        while ((await client.packet()) !== undefined);
      };
      const { outcome, received } = await login('?tls=required', converse);
      expect(outcome).toBe('SINK_ANSWER');
      expect(revealed(received)).toBeUndefined();
      expect(received.includes('app')).toBe(false);
    },
  );

  test('a server that offers no TLS hears nothing at all', async () => {
    const converse = async (client: FakeClient): Promise<void> => {
      client.greet({ plugin: 'sha256_password' });
      await client.packet();
    };
    const { outcome, received } = await login('?tls=required', converse);
    expect(outcome).toBe('SINK_TLS');
    expect(received).toHaveLength(0);
  });
});
