/** How a connection is encrypted. */
export interface TlsSettings {
  /** `offered`: encrypted wherever the server offers it, plain only where it offers none. */
  readonly use: 'never' | 'offered' | 'always';
  /** What is made sure of: who the server is, only who issued its certificate, or nothing. */
  readonly verify: 'identity' | 'issuer' | 'nothing';
  /** Certificates (PEM) of the issuers to trust, instead of those that every system trusts. */
  readonly ca?: string;
  /** The name that the certificate has to hold, where it is not the host of the URI. */
  readonly serverName?: string;
}

/** Without a parameter: a server that offers TLS has to prove who it is. */
export const DEFAULT_TLS: TlsSettings = { use: 'offered', verify: 'identity' };

const MODES: Readonly<Record<string, TlsSettings>> = {
  preferred: DEFAULT_TLS,
  required: { use: 'always', verify: 'identity' },
  'verify-ca': { use: 'always', verify: 'issuer' },
  'skip-verify': { use: 'always', verify: 'nothing' },
  disabled: { use: 'never', verify: 'nothing' },
};

/** Other words for the same: of Go's driver, and of MySQL's --ssl-mode. */
const SYNONYMS: Readonly<Record<string, string>> = {
  true: 'required',
  false: 'disabled',
  'verify-identity': 'required',
};

/** Each parameter by its names; the first is the one that messages use. */
const NAMES = { mode: ['tls', 'ssl-mode'], ca: ['tls-ca', 'ssl-ca'], serverName: ['tls-server-name'] } as const;
const KNOWN: readonly string[] = Object.values(NAMES).flat();

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

const isTlsParameter = (name: string): boolean => KNOWN.includes(name);

/** A parameter with a value that it may have, as far as it is one of a few words. */
export const isTlsSetting = (name: string, value: string): boolean =>
  NAMES.mode.some((mode) => mode === name) ? Object.hasOwn(MODES, canonical(value)) : isTlsParameter(name);

/** What looks otherwise may be no name, but a part of a password. */
export const shownName = (name: string, value: string): string =>
  /^[a-z_-]{1,24}$/iu.test(name) && value !== '' ? name : '******';

/** Reads the parameters of a URI; the answer is a text where they cannot be used, and says why. */
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
  // Who names an issuer or a server does not want to talk to one in plain.
  const word = mode === undefined && (ca ?? serverName) !== undefined ? 'required' : canonical(mode ?? 'preferred');
  const chosen = Object.hasOwn(MODES, word) ? MODES[word] : undefined;
  if (chosen === undefined) return `its tls is none of ${[...Object.keys(MODES), ...Object.keys(SYNONYMS)].join(', ')}`;
  if (chosen.verify === 'nothing' && ca !== undefined) return `its tls-ca says nothing where tls is ${word}`;
  if (chosen.verify !== 'identity' && serverName !== undefined) {
    return `its tls-server-name says nothing where tls is ${word}`;
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

/** PEM as it is, or in base64, which needs no percent-encoding. */
function certificates(value: string): string | undefined {
  if (hasCertificate(value)) return value;
  const decoded = Buffer.from(value, 'base64').toString('latin1');
  return hasCertificate(decoded) ? decoded : undefined;
}

function hasCertificate(text: string): boolean {
  const begin = text.indexOf(BEGIN);
  return begin >= 0 && text.indexOf(END, begin + BEGIN.length + 1) >= 0;
}
