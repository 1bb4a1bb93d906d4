import { inLine } from './printable.ts';

/** Aligns cells in columns, one line per row. The first row is the heading. */
export function columns(given: readonly (readonly string[])[]): string {
  const rows = given.map((row) => row.map(inLine));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}

/** As much of the text as has room in so many columns. */
export function cutToWidth(text: string, width: number): string {
  let left = width;
  let cut = '';
  for (const character of text) {
    left -= widthOf(character);
    if (left < 0) return cut;
    cut += character;
  }
  return cut;
}

/** Width on a terminal, which gives two columns to emoji and to Chinese, Japanese and Korean characters. */
const widthOf = (text: string): number =>
  Array.from(text).reduce(
    (width, character) =>
      width +
      (/[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
        character,
      )
        ? 2
        : 1),
    0,
  );
