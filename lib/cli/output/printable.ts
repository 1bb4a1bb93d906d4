/**
 * Characters that a terminal would act on, or that disguise a text: control characters except newline and tab, marks
 * that turn the writing direction, and others without a shape. Joiners are allowed, because words and emoji need them.
 */
const UNSEEN = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Writes these characters as JSON escapes. A JSON text keeps its meaning. */
export const printable = (text: string): string => text.toWellFormed().replaceAll(UNSEEN, escaped);

/**
 * For server names and messages inside one line: newlines are escaped too, so that a text cannot fake a line of its
 * own.
 */
export const inLine = (text: string): string => printable(text).replaceAll(/[\n\t]/gu, escaped);

const escaped = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
