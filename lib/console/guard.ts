import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Asked {
  readonly method: string;
  /** As it stands in the request line. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Lock {
  readonly token: string;
  readonly port: number;
}

export type Verdict =
  { readonly path: string; readonly query: URLSearchParams } | { readonly status: number; readonly reason: string };

/**
 * Lets a request in or says why not. Other pages in the user's browser, and names that an attacker points at this
 * machine (DNS rebinding), can send requests here. So the request must name this server as its host, bring the token in
 * its path, and, unless it only opens the page, come from the page itself.
 */
export function judge({ method, url, headers }: Asked, { token, port }: Lock): Verdict {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(headers.host ?? '')) return refused(421, 'This server has another name.');
  const { origin } = headers;
  const isOwn = origin === `http://${headers.host ?? ''}`;
  if (origin !== undefined && !isOwn) return refused(403, 'Another page has sent this request.');
  if (method !== 'GET' && !isOwn) return refused(403, 'The request does not say which page has sent it.');
  // A path may begin with two slashes, and is no host then.
  const { pathname, searchParams } = new URL(`http://127.0.0.1${url.startsWith('/') ? url : '/'}`);
  const [, given = '', ...rest] = pathname.split('/');
  if (!isEqual(given, token) || rest.length === 0) return refused(404, 'Open the address that mo_cdc has printed.');
  const path = rest.join('/');
  const site = headers['sec-fetch-site'];
  if (path !== '' && site !== undefined && site !== 'same-origin' && site !== 'none') {
    return refused(403, 'Another page has sent this request.');
  }
  return { path, query: searchParams };
}

const refused = (status: number, reason: string): Verdict => ({ status, reason });

/** Takes the same time wherever the texts differ. */
export const isEqual = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
