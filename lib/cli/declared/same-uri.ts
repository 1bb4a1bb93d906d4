import { isCdcError } from '../../errors.ts';
import { maskAcceptedUri, parseDatabaseUri, withReference } from '../../task/uri/database-uri.ts';
import { ownReference } from '../../task/uri/secret-reference.ts';

const PASSWORD = ownReference('x/y', 'source');

/**
 * The URI as the API shows it once it has taken the password out: `mysql://user:******@host:port`. A reference of the
 * user stays.
 */
export function shownUri(uri: string): string {
  const { secret } = parseDatabaseUri(uri);
  return maskAcceptedUri(secret === undefined ? withReference(uri, PASSWORD) : uri);
}

/** Does the URI hold a password, and not a reference to one? */
export const hasPassword = (uri: string): boolean => parseDatabaseUri(uri).secret === undefined;

/**
 * Is the URI the one that the API shows, as far as that can be seen? Passwords are not shown, so two URIs that differ
 * only in their passwords count as the same. Nothing can be said against a URI that is masked as a whole.
 */
export function isShownAs(uri: string, shown: string): boolean {
  try {
    return shownUri(uri) === shownUri(shown);
  } catch (error) {
    if (isCdcError(error, 'URI_INVALID')) return true;
    throw error;
  }
}
