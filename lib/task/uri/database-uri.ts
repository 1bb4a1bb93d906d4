import { CdcError } from '../../errors.ts';
import { parseReference, type SecretReference } from './secret-reference.ts';
import { isTlsSetting, readTls, shownName, type TlsSettings } from './uri-tls.ts';

export interface DatabaseAddress {
  /** As the server wants it: `user`, or `account#user` for an account other than the default. */
  readonly user: string;
  /** Empty where `secret` says who keeps it. */
  readonly password: string;
  readonly secret?: SecretReference | undefined;
  readonly host: string;
  readonly port: number;
  readonly tls: TlsSettings;
}

const MASK = '******';
const SCHEME = 'mysql://';
/** What follows the login: read once, from its beginning. */
const PLACE = /^(?<host>\[[0-9a-fA-F:.]+\]|[^\s:@/?#[\]]+)(?::(?<port>\d{1,5}))?\/?(?:\?(?<query>[^#]*))?$/u;
/** Of a login that has nothing which should have been percent-encoded, what stands before the password. */
const PLAIN_LOGIN = /^(?<user>[^\s:@/?]+):[^\s:@/?#]*$/u;
const ACCOUNT_LOGIN = /^[^\s:@/?#]+:[^\s:@/?#]+:[^\s:@/?#]*$/u;
/** A reference has colons of its own; as it has to be the whole of the password, it ends the login. */
const KEPT_LOGIN = /^(?<names>[^{]*):(?<reference>\{\{.*\}\})$/su;

interface Parts {
  readonly login: string;
  readonly host: string;
  readonly port: string | undefined;
  readonly query: string | undefined;
  /** All that follows the login, from its `@` on. */
  readonly place: string;
}

/** The last `@` ends the login, whatever there is in it. */
function split(uri: string): Parts | undefined {
  const at = uri.lastIndexOf('@');
  if (!uri.startsWith(SCHEME) || at < SCHEME.length) return undefined;
  const found = PLACE.exec(uri.slice(at + 1))?.groups;
  if (found?.['host'] === undefined) return undefined;
  const { host, port, query } = found;
  return { login: uri.slice(SCHEME.length, at), host, port, query, place: uri.slice(at) };
}

/**
 * Reads `mysql://user:password@host:port?tls=…`, also with an account as `account:user:password@` or
 * `account#user:password@` (mo_cdc's forms). User, password and parameters are percent-decoded; the last `@` ends the
 * password. In the place of the password may be a reference, `{{…}}` (see secret-reference.ts). Throws URI_INVALID,
 * without the password in the message.
 */
export function parseDatabaseUri(uri: string): DatabaseAddress {
  const parts = split(uri);
  if (parts === undefined) throw invalid(uri, 'its form is not known');
  const { names, password, secret } = readLogin(uri, parts.login);
  const [first, second] = names;
  const port = Number(parts.port ?? 6001);
  if (port < 1 || port > 65_535) throw invalid(uri, 'its port does not exist');
  const host = parts.host.startsWith('[') ? parts.host.slice(1, -1) : parts.host;
  const tls = readTls(parameters(parts.query).map(([name, value]) => [decode(uri, name), decode(uri, value)]));
  if (typeof tls === 'string') throw invalid(uri, tls);
  const user = second === undefined ? first : `${first}#${second}`;
  return { user, password, ...(secret === undefined ? {} : { secret }), host, port, tls };
}

interface Login {
  /** The user, or the account and the user. */
  readonly names: readonly [string, string?];
  readonly password: string;
  readonly secret: SecretReference | undefined;
}

function readLogin(uri: string, login: string): Login {
  const kept = KEPT_LOGIN.exec(login)?.groups;
  const secret = kept?.['reference'] === undefined ? undefined : parseReference(kept['reference']);
  if (typeof secret === 'string') throw invalid(uri, secret);
  const parts = `${kept?.['names'] ?? login}${kept === undefined ? '' : ':'}`
    .split(':')
    .map((part) => decode(uri, part));
  const [first, second, third] = parts;
  if (parts.length > 3 || first === undefined || second === undefined || first === '') {
    throw invalid(uri, 'user and password must be given, and a colon in them written as %3A');
  }
  return third === undefined
    ? { names: [first], password: second, secret }
    : { names: [first, second], password: third, secret };
}

/**
 * The URI with its password replaced, safe to print. A reference is no secret and stays, unless it is the product's own:
 * then the URI looks as it was given. What might be a part of a password is masked with it: all of a URI with characters
 * that should have been percent-encoded, and the names of `account:user:password`, which may be a password with a colon.
 */
export function maskUri(uri: string): string {
  const parts = split(uri);
  const login = parts === undefined ? undefined : maskLogin(parts.login);
  return parts === undefined || login === undefined ? MASK : `${SCHEME}${login}${maskPlace(parts)}`;
}

/** The same of a URI that both ends have taken: its names are names. */
export function maskAcceptedUri(uri: string): string {
  const parts = split(uri);
  const names = parts === undefined ? undefined : /^(?:[^\s:@/?]+:){2}(?=[^\s:@/?#]*$)/u.exec(parts.login)?.[0];
  return parts === undefined || names === undefined ? maskUri(uri) : `${SCHEME}${names}${MASK}${maskPlace(parts)}`;
}

function maskLogin(login: string): string | undefined {
  const kept = KEPT_LOGIN.exec(login)?.groups;
  const reference = kept?.['reference'] ?? '';
  const known = parseReference(reference);
  if (typeof known !== 'string') return `${kept?.['names'] ?? ''}:${known.service === 'task' ? MASK : reference}`;
  const user = PLAIN_LOGIN.exec(login)?.groups?.['user'];
  if (user !== undefined) return `${user}:${MASK}`;
  return ACCOUNT_LOGIN.test(login) ? MASK : undefined;
}

/** The same URI with a reference in the place of its password. The URI is one that can be read. */
export function withReference(uri: string, reference: string): string {
  const parts = split(uri);
  if (parts === undefined) throw invalid(uri, 'its form is not known');
  const names = KEPT_LOGIN.exec(parts.login)?.groups?.['names'] ?? parts.login.slice(0, parts.login.lastIndexOf(':'));
  return `${SCHEME}${names}:${reference}${parts.place}`;
}

/** Parameters that mean nothing may be secrets. A certificate is none, so that the URI can be read again. */
function maskPlace({ place, query }: Parts): string {
  if (query === undefined) return place;
  const shown = parameters(query).map(([name, value]) =>
    isTlsSetting(name, value) ? `${name}=${value}` : `${shownName(name, value)}=${MASK}`,
  );
  return `${place.slice(0, place.indexOf('?'))}?${shown.join('&')}`;
}

const parameters = (query = ''): (readonly [name: string, value: string])[] =>
  query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
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
