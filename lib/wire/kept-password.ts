import { CdcError, isCdcError, toCdcError } from '../errors.ts';
import type { DatabaseAddress } from '../task/uri/database-uri.ts';
import type { Place } from '../task/uri/secret-place.ts';
import { describeReference, type SecretEnd, type SecretReference } from '../task/uri/secret-reference.ts';
import type { SecretReader } from '../store/secrets.ts';

const CODES = {
  source: { secret: 'SOURCE_SECRET', denied: 'SOURCE_ACCESS_DENIED' },
  sink: { secret: 'SINK_SECRET', denied: 'SINK_ACCESS_DENIED' },
} as const;

/** Reads the passwords that a URI only refers to. */
export interface PasswordSource {
  readonly end: SecretEnd;
  readonly secrets: SecretReader;
}

/**
 * Connects with the address's password, or with the one it refers to. If the server refuses a password, reads it again,
 * because it may have changed meanwhile. If it has not, waiting may help: people change a password in two places, one
 * after the other.
 */
export async function connectWithPassword<T>(
  address: DatabaseAddress,
  source: PasswordSource | undefined,
  connect: (password: string) => Promise<T>,
): Promise<T> {
  const { secret } = address;
  if (secret === undefined) return await connect(address.password);
  if (source === undefined) throw new CdcError('INTERNAL', 'Nobody here can read passwords that are kept elsewhere.');
  const password = await read(source, secret, address);
  try {
    return await connect(password);
  } catch (error) {
    if (!isCdcError(error, CODES[source.end].denied)) throw error;
    source.secrets.forget(secret);
    const renewed = await read(source, secret, address);
    if (renewed !== password) return await connect(renewed);
    // The product stores the password that came with the task. Only another login helps.
    throw secret.service === 'task' ? error : refused(source, secret, error);
  }
}

async function read({ end, secrets }: PasswordSource, secret: SecretReference, to: Place): Promise<string> {
  try {
    return await secrets.read(secret, to);
  } catch (error) {
    throw new CdcError(CODES[end].secret, `The password for the ${end} cannot be read: ${toCdcError(error).message}`);
  }
}

const refused = ({ end }: PasswordSource, secret: SecretReference, cause: CdcError): CdcError =>
  new CdcError(CODES[end].secret, `The ${end} refuses what ${describeReference(secret)} holds. ${cause.message}`, {
    cause,
  });
