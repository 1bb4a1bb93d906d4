import type { ConnectionOptions } from 'mysql2';
import { parseDatabaseUri } from '../../lib/task/uri/database-uri.ts';

/** How a connection of the tests' own logs in; it is encrypted where the URI insists, and asks nobody who they are. */
export function driverOptions(uri: string): ConnectionOptions {
  const { host, port, user, password, tls } = parseDatabaseUri(uri);
  const ssl = tls.use === 'always' ? { ssl: { rejectUnauthorized: false } } : {};
  return { host, port, user, password, charset: 'utf8mb4', flags: ['-CLIENT_QUERY_ATTRIBUTES'], ...ssl };
}

/** The same server behind a proxy of a test that reads what is sent: nothing is encrypted. */
export function uriThrough(uri: string, { port }: { readonly port: number }): string {
  const { user, password } = parseDatabaseUri(uri);
  return `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}?tls=disabled`;
}
