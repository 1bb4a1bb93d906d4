import { createHash } from 'node:crypto';
import type { AuthPlugin } from 'mysql2';
import { ConnectionProblem } from './connection-problem.ts';

/** The server's answer if it has seen the password's proof before. */
const PROVED = Buffer.from([3]);
const SCRAMBLE_BYTES = 20;

const sha256 = (...parts: readonly Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

const refusal = (plugin: string): ConnectionProblem =>
  new ConnectionProblem(
    'password',
    `the server wants the password itself (${plugin}), which is sent over an encrypted connection only.`,
  );

const refused =
  (plugin: string): AuthPlugin =>
  () =>
  () => {
    throw refusal(plugin);
  };

/**
 * Sends only a proof: a hash of the password with a challenge of the server. If the server wants more, the driver would
 * encrypt the password itself with any key it is offered, and somebody on the way could offer one.
 */
const provenOnly: AuthPlugin = ({ connection }) => {
  const { password } = (connection as unknown as { readonly config: { readonly password?: string } }).config;
  let isFirst = true;
  return (data) => {
    if (isFirst) {
      isFirst = false;
      return proof(password ?? '', data.subarray(0, SCRAMBLE_BYTES));
    }
    if (PROVED.equals(data)) return null;
    throw refusal('caching_sha2_password, which has not seen it yet');
  };
};

function proof(password: string, scramble: Buffer): Buffer {
  if (password === '') return Buffer.alloc(0);
  const once = sha256(Buffer.from(password));
  const mask = sha256(sha256(once), scramble);
  return Buffer.from(once.map((byte, i) => byte ^ (mask[i] ?? 0)));
}

/**
 * Logins over an unencrypted connection. Besides these, the driver (mysql2 3.24) knows mysql_native_password, which is
 * a proof as well. It refuses any other.
 */
export const PLAIN_LOGIN: Readonly<Record<string, AuthPlugin>> = {
  caching_sha2_password: provenOnly,
  sha256_password: refused('sha256_password'),
  mysql_clear_password: refused('mysql_clear_password'),
};
