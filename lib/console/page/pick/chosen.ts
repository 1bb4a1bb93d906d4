import { lines, pairs } from '../data/lines.ts';

/** MatrixOne ignores case in names, unless it is configured otherwise. */
const same = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** The sources that the lines of a field name, in lower case. */
export const sourcesIn = (text: string): ReadonlySet<string> =>
  new Set(pairs(text).map(({ source }) => source.trim().toLowerCase()));

/** The text with a line for each of the sources that has none yet. What the user has typed stays as it is. */
export function withSources(text: string, sources: readonly string[]): string {
  const known = sourcesIn(text);
  const added = sources.filter((source) => !known.has(source.toLowerCase()));
  const before = text.trimEnd();
  return [...(before === '' ? [] : [before]), ...added].join('\n');
}

/** The text without the lines that name this source. */
export const withoutSource = (text: string, source: string): string =>
  lines(text)
    .filter((line) => !same(pairs(line)[0]?.source ?? '', source))
    .join('\n');
