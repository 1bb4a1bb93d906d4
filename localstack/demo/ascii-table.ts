/** Draws a result as the mysql client does, with numbers on the right. */
export function asciiTable(
  names: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  numeric: readonly boolean[],
): string {
  const cells = rows.map((row) => row.map((value) => value ?? 'NULL'));
  const widths = names.map((name, column) => Math.max(name.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const line = (row: readonly string[], right: readonly boolean[]): string =>
    `|${widths.map((width, i) => ` ${right[i] === true ? row[i]?.padStart(width) : row[i]?.padEnd(width)} `).join('|')}|`;
  return [rule, line(names, []), rule, ...cells.map((row) => line(row, numeric)), rule].join('\n');
}
