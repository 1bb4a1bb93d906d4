/**
 * What a terminal would carry out, or what makes a text look like another: control characters but the two that lay a text
 * out, marks that turn the direction of writing, and others without a shape. Joiners are parts of words and of pictures.
 */
const UNSEEN = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** The same, with these written as JSON does: in a text of JSON it means what it did. */
export const printable = (text: string): string => text.toWellFormed().replaceAll(UNSEEN, escaped);

/** Names and messages of servers within a line: they cannot make up lines of their own. */
export const inLine = (text: string): string => printable(text).replaceAll(/[\n\t]/gu, escaped);

const escaped = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
