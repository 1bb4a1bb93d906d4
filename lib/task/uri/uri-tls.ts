/** How a connection is encrypted, and what is verified. */
export interface TlsSettings {
  /** `offered`: encrypted if the server offers TLS, plain otherwise. */
  readonly use: 'never' | 'offered' | 'always';
  /** The parts that the client verifies: the server's name and issuer, only the issuer, or nothing. */
  readonly verify: 'identity' | 'issuer' | 'nothing';
  /** Certificates (PEM) of the issuers to trust, in place of those that the system trusts. */
  readonly ca?: string;
  /** The name that the certificate must have, if it is not the host of the URI. */
  readonly serverName?: string;
}

/** The setting if the URI has no parameter: if the server offers TLS, it must prove its identity. */
export const DEFAULT_TLS: TlsSettings = { use: 'offered', verify: 'identity' };

const MODES: Readonly<Record<string, TlsSettings>> = {
  preferred: DEFAULT_TLS,
  required: { use: 'always', verify: 'identity' },
  'verify-ca': { use: 'always', verify: 'issuer' },
  'skip-verify': { use: 'always', verify: 'nothing' },
  disabled: { use: 'never', verify: 'nothing' },
};

/** Synonyms: from Go's driver, and from MySQL's --ssl-mode. */
const SYNONYMS: Readonly<Record<string, string>> = {
  true: 'required',
  false: 'disabled',
  'verify-identity': 'required',
};

/** The names of each parameter. Messages use the first. */
const NAMES = { mode: ['tls', 'ssl-mode'], ca: ['tls-ca', 'ssl-ca'], serverName: ['tls-server-name'] } as const;
const KNOWN: readonly string[] = Object.values(NAMES).flat();

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

const isTlsParameter = (name: string): boolean => KNOWN.includes(name);

/** Is this a TLS parameter? If it is the mode, it must also have a known value. */
export const isTlsSetting = (name: string, value: string): boolean =>
  NAMES.mode.some((mode) => mode === name) ? Object.hasOwn(MODES, canonical(value)) : isTlsParameter(name);

/** Names that may be shown, in lower case: ours, and those of other drivers, since people bring such URIs along. */
const SHOWN: ReadonlySet<string> = new Set([
  ...KNOWN,
  ...'allowpublickeyretrieval autoreconnect characterencoding charset collation connectiontimeout connecttimeout'.split(
    ' ',
  ),
  ...'database interpolateparams loc multistatements parsetime password pool_size readtimeout servertimezone'.split(
    ' ',
  ),
  ...'sockettimeout ssl ssl-cert ssl-key ssl_mode sslmode timeout timezone user useunicode usessl writetimeout'.split(
    ' ',
  ),
]);

/** Any other name may be a part of a password that has a & in it, so it is masked. */
export const shownName = (name: string, value: string): string =>
  SHOWN.has(name.toLowerCase()) && value !== '' ? name : '******';

/** Reads the parameters of a URI. If they cannot be used, returns the reason as a text. */
export function readTls(parameters: readonly (readonly [name: string, value: string])[]): TlsSettings | string {
  const unknown = parameters.find(([name]) => !isTlsParameter(name));
  if (unknown !== undefined) {
    return `it has the unknown parameter ${shownName(...unknown)} (known are ${KNOWN.join(', ')})`;
  }
  const given = (names: readonly string[]): string[] =>
    parameters.filter(([name]) => names.includes(name)).map(([, value]) => value);
  const twice = Object.values(NAMES).find((names) => given(names).length > 1);
  if (twice !== undefined) return `it gives ${twice.join(' or ')} more than once`;
  const [mode] = given(NAMES.mode);
  const [ca] = given(NAMES.ca);
  const [serverName] = given(NAMES.serverName);
  return settings(mode, ca, serverName);
}

function settings(mode?: string, ca?: string, serverName?: string): TlsSettings | string {
  // If the URI names an issuer or a server name, a plain connection is not what the user wants.
  const word = mode === undefined && (ca ?? serverName) !== undefined ? 'required' : canonical(mode ?? 'preferred');
  const chosen = Object.hasOwn(MODES, word) ? MODES[word] : undefined;
  if (chosen === undefined) return `its tls is none of ${[...Object.keys(MODES), ...Object.keys(SYNONYMS)].join(', ')}`;
  if (chosen.verify === 'nothing' && ca !== undefined) return `its tls-ca has no effect while tls is ${word}`;
  if (chosen.verify !== 'identity' && serverName !== undefined) {
    return `its tls-server-name has no effect while tls is ${word}`;
  }
  if (serverName === '') return 'its tls-server-name is empty';
  const pem = ca === undefined ? undefined : certificates(ca);
  if (ca !== undefined && pem === undefined) return 'its tls-ca is neither PEM nor PEM in base64';
  return { ...chosen, ...(pem === undefined ? {} : { ca: pem }), ...(serverName === undefined ? {} : { serverName }) };
}

function canonical(mode: string): string {
  const word = mode.toLowerCase().replaceAll('_', '-');
  return Object.hasOwn(SYNONYMS, word) ? (SYNONYMS[word] ?? word) : word;
}

/** PEM as it is, or PEM in base64, which needs no percent-encoding. */
function certificates(value: string): string | undefined {
  if (hasCertificate(value)) return value;
  const decoded = Buffer.from(value, 'base64').toString('latin1');
  return hasCertificate(decoded) ? decoded : undefined;
}

function hasCertificate(text: string): boolean {
  const begin = text.indexOf(BEGIN);
  return begin >= 0 && text.indexOf(END, begin + BEGIN.length + 1) >= 0;
}
