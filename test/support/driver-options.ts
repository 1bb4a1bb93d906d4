import type { ConnectionOptions } from 'mysql2';
import { parseDatabaseUri } from '../../lib/task/uri/database-uri.ts';

/** Options for the tests' own connections. They are encrypted if the URI requires TLS, and accept any certificate. */
export function driverOptions(uri: string): ConnectionOptions {
  const { host, port, user, password, tls } = parseDatabaseUri(uri);
  const ssl = tls.use === 'always' ? { ssl: { rejectUnauthorized: false } } : {};
  return { host, port, user, password, charset: 'utf8mb4', flags: ['-CLIENT_QUERY_ATTRIBUTES'], ...ssl };
}

/** The URI of the same server behind a test's proxy. The proxy reads the bytes, so TLS is off. */
export function uriThrough(uri: string, { port }: { readonly port: number }): string {
  const { user, password } = parseDatabaseUri(uri);
  return `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}?tls=disabled`;
}
