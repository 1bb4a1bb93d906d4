/** In characters of UTF-16. MatrixOne takes longer ones (5,001 were seen), which whole databases reach. */
export const LONGEST_NAME = 1_024;

/** Characters without a shape of their own. Joiners are parts of words in some scripts. */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/u;

/** The first of them, as `U+202E`. */
export function unseenIn(text: string): string | undefined {
  const found = UNSEEN.exec(text)?.[0].codePointAt(0);
  return found === undefined ? undefined : `U+${found.toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * Why nobody may see that a name is another one. To servers, é as one character and as two are two names, and both may
 * exist: so a name is taken as it is typed, and where nothing has it, this says what may be wrong with it.
 */
export function nameHint(name: string): string {
  const unseen = unseenIn(name);
  if (unseen !== undefined) return ` The name as given has a character that does not show (${unseen}).`;
  if (name === name.normalize('NFC')) return '';
  return ' The name as given has letters and accents as characters of their own (NFD); most have them as one (NFC).';
}
