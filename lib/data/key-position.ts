import type { Row } from './change.ts';

/**
 * A key: the values of its columns, byte for byte as the source prints them. It is data and not SQL; source and sink
 * each write it as SQL themselves.
 */
export type KeyPosition = readonly Buffer[];

/** The ends of a range that is open on both sides: all rows of a table. */
export const WHOLE = { lower: undefined, upper: undefined } as const;

interface Ends {
  readonly lower: KeyPosition | undefined;
  readonly upper: KeyPosition | undefined;
}

export const isWhole = ({ lower, upper }: Ends): boolean => lower === undefined && upper === undefined;

/** The row must have only key values, none of which is NULL. */
export const keyPosition = (values: Row): KeyPosition => values.flatMap((value) => value ?? []);

/** The position as text, to be stored. */
export const encodeKeyPosition = (position: KeyPosition): string =>
  JSON.stringify(position.map((value) => value.toString('base64')));

/** Undefined for a text that `encodeKeyPosition` did not write: somebody may have changed what was stored. */
export function decodeKeyPosition(text: string): KeyPosition | undefined {
  const parsed = parse(text);
  if (!Array.isArray(parsed) || parsed.length === 0) return undefined;
  const position = parsed.map((value: unknown) =>
    typeof value === 'string' ? Buffer.from(value, 'base64') : undefined,
  );
  if (!position.every((value) => value !== undefined)) return undefined;
  // Buffer.from ignores characters that are not base64, so compare.
  return encodeKeyPosition(position) === text ? position : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
