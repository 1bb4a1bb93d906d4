import { CdcError } from '../errors.ts';
import { parseReference, type SecretReference } from './secret-reference.ts';
import { isTlsSetting, readTls, type TlsSettings } from './uri-tls.ts';

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
const PATTERN =
  /^mysql:\/\/(?<login>.*)@(?<host>\[[0-9a-fA-F:.]+\]|[^\s:@/?#[\]]+)(?::(?<port>\d{1,5}))?\/?(?:\?(?<query>[^#]*))?$/su;
/** A reference has colons of its own; as it has to be the whole of the password, it ends the login. */
const KEPT_LOGIN = /^(?<names>[^{]*):(?<reference>\{\{.*\}\})$/su;

/**
 * Reads `mysql://user:password@host:port?tls=…`, also with an account as `account:user:password@` or
 * `account#user:password@` (mo_cdc's forms). User, password and parameters are percent-decoded; the last `@` ends the
 * password. In the place of the password may be a reference, `{{…}}` (see secret-reference.ts). Throws URI_INVALID,
 * without the password in the message.
 */
export function parseDatabaseUri(uri: string): DatabaseAddress {
  const groups = PATTERN.exec(uri)?.groups;
  if (groups?.['login'] === undefined || groups['host'] === undefined) throw invalid(uri, 'its form is not known');
  const { names, password, secret } = readLogin(uri, groups['login']);
  const [first, second] = names;
  const port = Number(groups['port'] ?? 6001);
  if (port < 1 || port > 65_535) throw invalid(uri, `the port ${port} does not exist`);
  const host = groups['host'].replace(/^\[|\]$/gu, '');
  const tls = readTls(parameters(groups['query']).map(([name, value]) => [decode(uri, name), decode(uri, value)]));
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
 * then the URI looks as it was given. What is not understood is masked whole.
 */
export function maskUri(uri: string): string {
  const login = PATTERN.exec(uri)?.groups?.['login'];
  // What looks like a host may be the end of a password.
  if (login === undefined) return MASK;
  return `${SCHEME}${maskLogin(login)}${maskQuery(uri.slice(SCHEME.length + login.length))}`;
}

function maskLogin(login: string): string {
  const kept = KEPT_LOGIN.exec(login)?.groups;
  const reference = parseReference(kept?.['reference'] ?? '');
  const known = typeof reference !== 'string';
  const parts = known ? [...(kept?.['names'] ?? '').split(':'), kept?.['reference'] ?? ''] : login.split(':');
  const shown = parts.length === 2 || parts.length === 3 ? parts.slice(0, -1) : [];
  return [...shown, known && reference.service !== 'task' ? parts.at(-1) : MASK].join(':');
}

/** The same URI with a reference in the place of its password. The URI is one that can be read. */
export function withReference(uri: string, reference: string): string {
  const login = PATTERN.exec(uri)?.groups?.['login'] ?? '';
  const names = KEPT_LOGIN.exec(login)?.groups?.['names'] ?? login.slice(0, login.lastIndexOf(':'));
  return `${SCHEME}${names}:${reference}${uri.slice(SCHEME.length + login.length)}`;
}

/** Values of parameters that mean nothing may be secrets. A certificate is none, so that the URI can be read again. */
function maskQuery(address: string): string {
  const [place = '', ...query] = address.split('?');
  if (query.length === 0) return address;
  const shown = parameters(query.join('?')).map(
    ([name, value]) => `${name}=${isTlsSetting(name, value) ? value : MASK}`,
  );
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
