export const SERVER_VERSION = '8.0.30-MatrixOne-v4.2.0';

const CLIENT_CONNECT_WITH_DB = 0x8;
const CLIENT_COMPRESS = 0x20;
const CLIENT_SSL = 0x800;
const CLIENT_PLUGIN_AUTH_LENENC = 0x200000;

/** MatrixOne's version in place of MariaDB's. TLS and compression are off, because the proxy reads the packets. */
export const disguiseGreeting = (payload: Buffer): Buffer => {
  const versionEnd = payload.indexOf(0, 1);
  if (payload[0] !== 10 || versionEnd < 0) return payload;
  const rest = Buffer.from(payload.subarray(versionEnd));
  const capabilities = 1 + 4 + 8 + 1;
  rest.writeUInt16LE(rest.readUInt16LE(capabilities) & ~(CLIENT_SSL | CLIENT_COMPRESS), capabilities);
  return Buffer.concat([payload.subarray(0, 1), Buffer.from(SERVER_VERSION), rest]);
};

export interface Login {
  readonly payload: Buffer;
  readonly user: string;
  readonly account: string;
  readonly database: string | undefined;
}

/**
 * Reads the client's answer to the greeting. MatrixOne's `account:user[:role]` becomes the plain user if the account is
 * `sys`.
 */
export const readLogin = (payload: Buffer): Login => {
  const capabilities = payload.readUInt32LE(0);
  const userEnd = payload.indexOf(0, 32);
  const given = payload.toString('utf8', 32, userEnd);
  const { user, account } = knownUser(given);
  const database =
    capabilities & CLIENT_CONNECT_WITH_DB ? databaseAfter(payload, userEnd + 1, capabilities) : undefined;
  const renamed = Buffer.concat([payload.subarray(0, 32), Buffer.from(user), payload.subarray(userEnd)]);
  return { payload: user === given ? payload : renamed, user, account, database };
};

/** The user as the server behind knows it; see statements/accounts.ts. */
const knownUser = (given: string): Pick<Login, 'user' | 'account'> => {
  const [account = '', user] = given.split(/[:#]/);
  if (user === undefined) return { user: given, account: 'sys' };
  const name = account.toLowerCase();
  return name === 'sys' ? { user, account: name } : { user: `${name}:${user}`, account: name };
};

const databaseAfter = (payload: Buffer, at: number, capabilities: number): string | undefined => {
  // The authentication response is short, so its length is one byte in length-encoded form as well.
  if ((payload[at] ?? 0) > 250 && capabilities & CLIENT_PLUGIN_AUTH_LENENC) return undefined;
  const start = at + 1 + (payload[at] ?? 0);
  const end = payload.indexOf(0, start);
  return end < 0 ? undefined : payload.toString('utf8', start, end);
};
