import { CdcError } from '../../errors.ts';
import { parseReference, type SecretReference } from './secret-reference.ts';
import { isTlsSetting, readTls, shownName, type TlsSettings } from './uri-tls.ts';

export interface DatabaseAddress {
  /** The user as the server wants it: `user`, or `account#user` for an account other than the default. */
  readonly user: string;
  /** Empty if `secret` says where the password is. */
  readonly password: string;
  readonly secret?: SecretReference | undefined;
  readonly host: string;
  readonly port: number;
  readonly tls: TlsSettings;
}

const MASK = '******';
const SCHEME = 'mysql://';
/** The part after the login. The expression reads each character once, so that no text makes it slow. */
const PLACE = /^(?<host>\[[0-9a-fA-F:.]+\]|[^\s:@/?#[\]]+)(?::(?<port>\d{1,5}))?\/?(?:\?(?<query>[^#]*))?$/u;
/** A login without characters that should have been percent-encoded: what stands before the password is the user. */
const PLAIN_LOGIN = /^(?<user>[^\s:@/?]+):[^\s:@/?#]*$/u;
const ACCOUNT_LOGIN = /^[^\s:@/?#]+:[^\s:@/?#]+:[^\s:@/?#]*$/u;
/** A reference has colons of its own. It must be the whole password, so it ends the login. */
const KEPT_LOGIN = /^(?<names>[^{]*):(?<reference>\{\{.*\}\})$/su;

interface Parts {
  readonly login: string;
  readonly host: string;
  readonly port: string | undefined;
  readonly query: string | undefined;
  /** Everything after the login, beginning with its `@`. */
  readonly place: string;
}

/** The last `@` ends the login, because a password may have an `@`. */
function split(uri: string): Parts | undefined {
  const at = uri.lastIndexOf('@');
  if (!uri.startsWith(SCHEME) || at < SCHEME.length) return undefined;
  const found = PLACE.exec(uri.slice(at + 1))?.groups;
  if (found?.['host'] === undefined) return undefined;
  const { host, port, query } = found;
  return { login: uri.slice(SCHEME.length, at), host, port, query, place: uri.slice(at) };
}

/**
 * Reads `mysql://user:password@host:port?tls=…`. An account stands before the user, in mo_cdc's forms:
 * `account:user:password@` or `account#user:password@`. User, password and parameters are percent-decoded. The last `@`
 * ends the password. A reference `{{…}}` may stand in place of the password (see secret-reference.ts). Throws
 * URI_INVALID; the message does not have the password.
 */
export function parseDatabaseUri(uri: string): DatabaseAddress {
  const parts = split(uri);
  if (parts === undefined) throw invalid(uri, 'it does not have the form of a database URI');
  const { names, password, secret } = readLogin(uri, parts.login);
  const [first, second] = names;
  const port = Number(parts.port ?? 6001);
  if (port < 1 || port > 65_535) throw invalid(uri, 'its port is not between 1 and 65535');
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
    throw invalid(uri, 'it must have a user and a password; write a colon in them as %3A');
  }
  return third === undefined
    ? { names: [first], password: second, secret }
    : { names: [first, second], password: third, secret };
}

/**
 * The URI with its password replaced, so that it is safe to print. A user's reference is no secret and stays. The
 * product's own reference is replaced like a password: the URI then looks as the user gave it. Anything that may be a
 * part of a password is replaced, too: the whole URI if it has characters that should have been percent-encoded, and
 * the names of `account:user:password`, which may be a password with a colon.
 */
export function maskUri(uri: string): string {
  const parts = split(uri);
  const login = parts === undefined ? undefined : maskLogin(parts.login);
  return parts === undefined || login === undefined ? MASK : `${SCHEME}${login}${maskPlace(parts)}`;
}

/** The same for a URI with which both servers have let us in: its names are really names, so they are shown. */
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

/** The same URI with a reference in place of its password. Throws URI_INVALID if the URI cannot be read. */
export function withReference(uri: string, reference: string): string {
  const parts = split(uri);
  if (parts === undefined) throw invalid(uri, 'it does not have the form of a database URI');
  const names = KEPT_LOGIN.exec(parts.login)?.groups?.['names'] ?? parts.login.slice(0, parts.login.lastIndexOf(':'));
  return `${SCHEME}${names}:${reference}${parts.place}`;
}

/**
 * Unknown parameters are masked, because they may be secrets. A certificate is shown, so that the URI can be read
 * again.
 */
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
    throw invalid(uri, 'it has a % that does not begin a percent-encoding (write the % itself as %25)');
  }
}
