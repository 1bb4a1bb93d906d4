/** A server by the host and the port of a URI. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * Why a secret must not be sent to this server; undefined if it may. If a secret names the `host` it is for, as Amazon
 * RDS's secrets do, it may go to that host only. Otherwise anyone who may create tasks could send any password to a
 * server of their own.
 */
export function placeProblem(secret: string, to: Place): string | undefined {
  const { host, port } = namedPlace(secret);
  if (host === UNREADABLE) return 'its host is empty, is not a text, or is given twice in different ways';
  if (host === undefined) return undefined;
  const fits = sameHost(host, to.host) && (port === undefined || port === String(to.port));
  if (fits) return undefined;
  const named = port === undefined ? host : `${host}:${port}`;
  return `it is for ${named} and not for ${to.host}:${to.port} (name that in the URI, or refer to a secret without a host)`;
}

/**
 * The fields that may name the host. If such a field is there but has no readable value, the password may go nowhere.
 */
const HOSTS = ['host', 'hostname', 'endpoint', 'server'];
const UNREADABLE = 'unreadable';

function namedPlace(secret: string): { readonly host?: string | undefined; readonly port?: string | undefined } {
  try {
    const parsed: unknown = JSON.parse(secret.replace(/^\ufeff/u, ''));
    if (typeof parsed !== 'object' || parsed === null) return {};
    const members = new Map<string, unknown>(
      Object.entries(parsed).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const named = HOSTS.filter((name) => members.has(name)).map((name) => textOf(members.get(name)) ?? UNREADABLE);
    const port = members.has('port') ? (textOf(members.get('port')) ?? UNREADABLE) : undefined;
    return { host: new Set(named).size > 1 ? UNREADABLE : named[0], port };
  } catch {
    return {};
  }
}

const textOf = (value: unknown): string | undefined =>
  (typeof value === 'string' && value.trim() !== '') || typeof value === 'number' ? String(value).trim() : undefined;

const sameHost = (a: string, b: string): boolean => folded(a) === folded(b);
const folded = (host: string): string => host.toLowerCase().replace(/\.$/u, '').replaceAll(/[[\]]/gu, '');
