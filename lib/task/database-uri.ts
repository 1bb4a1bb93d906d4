import { CdcError } from '../errors.ts';
import { isTlsParameter, readTls, type TlsSettings } from './uri-tls.ts';

export interface DatabaseAddress {
  /** As the server wants it: `user`, or `account#user` for an account other than the default. */
  readonly user: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
  readonly tls: TlsSettings;
}

const MASK = '******';
const PATTERN =
  /^mysql:\/\/(?<login>.*)@(?<host>\[[0-9a-fA-F:.]+\]|[^\s:@/?#[\]]+)(?::(?<port>\d{1,5}))?\/?(?:\?(?<query>[^#]*))?$/su;

/**
 * Reads `mysql://user:password@host:port?tls=…`, also with an account as `account:user:password@` or
 * `account#user:password@` (mo_cdc's forms). User, password and parameters are percent-decoded; the last `@` ends the
 * password. Throws URI_INVALID, without the password in the message.
 */
export function parseDatabaseUri(uri: string): DatabaseAddress {
  const groups = PATTERN.exec(uri)?.groups;
  if (groups?.['login'] === undefined || groups['host'] === undefined) throw invalid(uri, 'its form is not known');
  const parts = groups['login'].split(':').map((part) => decode(uri, part));
  const [first, second, third] = parts;
  if (parts.length > 3 || first === undefined || second === undefined || first === '') {
    throw invalid(uri, 'user and password must be given, and a colon in them written as %3A');
  }
  const port = Number(groups['port'] ?? 6001);
  if (port < 1 || port > 65_535) throw invalid(uri, `the port ${port} does not exist`);
  const host = groups['host'].replace(/^\[|\]$/gu, '');
  const tls = readTls(parameters(groups['query']).map(([name, value]) => [decode(uri, name), decode(uri, value)]));
  if (typeof tls === 'string') throw invalid(uri, tls);
  return third === undefined
    ? { user: first, password: second, host, port, tls }
    : { user: `${first}#${second}`, password: third, host, port, tls };
}

/** The URI with its password replaced, safe to print. What is not understood is masked whole. */
export function maskUri(uri: string): string {
  const end = uri.lastIndexOf('@');
  const start = uri.indexOf('://');
  if (end < 0 || start < 0) return MASK;
  const parts = uri.slice(start + 3, end).split(':');
  const shown = parts.length === 2 || parts.length === 3 ? parts.slice(0, -1) : [];
  return `${uri.slice(0, start + 3)}${[...shown, MASK].join(':')}${maskQuery(uri.slice(end))}`;
}

/** Values of unknown parameters may be secrets. A certificate is none, so that the URI can be read again. */
function maskQuery(address: string): string {
  const [place = '', ...query] = address.split('?');
  if (query.length === 0) return address;
  const shown = parameters(query.join('?')).map(([name, value]) => `${name}=${isTlsParameter(name) ? value : MASK}`);
  return `${place}?${shown.join('&')}`;
}

const parameters = (query = ''): (readonly [name: string, value: string])[] =>
  query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name, value.join('=')];
    });

const invalid = (uri: string, reason: string): CdcError =>
  new CdcError('URI_INVALID', `The URI ${maskUri(uri)} cannot be used: ${reason}.`);

function decode(uri: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid(uri, 'it has a % that starts no percent-encoding');
  }
}
