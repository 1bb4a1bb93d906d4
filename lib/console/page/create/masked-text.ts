const BULLET = '•';

/** Where the password of a URI stands, also while the URI is being typed; undefined if there is none to hide. */
export function passwordPlace(uri: string): { readonly start: number; readonly end: number } | undefined {
  const scheme = uri.indexOf('://');
  const colon = uri.indexOf(':', scheme < 0 ? 0 : scheme + 3);
  const at = uri.lastIndexOf('@');
  if (colon < 0 || (scheme < 0 && at < 0)) return undefined;
  const start = colon + 1;
  const end = at >= start ? at : uri.length;
  // A reference to a secret is no secret.
  return end === start || uri.slice(start, end).includes('{{') ? undefined : { start, end };
}

/** The URI with a bullet for each character of its password. */
export function masked(uri: string): string {
  const place = passwordPlace(uri);
  if (place === undefined) return uri;
  return uri.slice(0, place.start) + BULLET.repeat(place.end - place.start) + uri.slice(place.end);
}

/**
 * The URI after the user has edited its masked form. What stands before and behind the edit is taken from the URI, so
 * that the bullets there keep their meaning. `caret`: where the cursor is after the edit, which is at its end.
 */
export function edited(uri: string, after: string, caret: number): string {
  const before = masked(uri);
  const behind = after.slice(caret);
  const end = before.length - behind.length;
  // The browser may put the cursor elsewhere, as after undoing. Then the whole text counts.
  if (end < 0 || !before.endsWith(behind)) return after;
  let start = 0;
  const most = Math.min(end, caret);
  while (start < most && before[start] === after[start]) start += 1;
  return uri.slice(0, start) + after.slice(start, caret) + uri.slice(end);
}
