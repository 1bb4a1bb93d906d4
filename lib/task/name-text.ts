/**
 * In UTF-16 code units. MatrixOne allows longer names (5,001 were seen), but only tasks of whole databases meet them.
 */
export const LONGEST_NAME = 1_024;

/** Characters that have no shape. Joiners are allowed, because words in some scripts need them. */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/u;

/** The first such character of the text, as `U+202E`. */
export function unseenIn(text: string): string | undefined {
  const found = UNSEEN.exec(text)?.[0].codePointAt(0);
  return found === undefined ? undefined : `U+${found.toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * A hint that a name may be another one that looks the same. Servers treat é as one character and é as two as different
 * names, and both may exist. So a name is used as typed; if the server has no such name, this text says what may be
 * wrong with it.
 */
export function nameHint(name: string): string {
  const unseen = unseenIn(name);
  if (unseen !== undefined) return ` The name as given has an invisible character (${unseen}).`;
  if (name === name.normalize('NFC')) return '';
  return ' The name as given has accents as separate characters (NFD); most names have each letter and its accent as one character (NFC).';
}
