import type { Row } from './change.ts';

/** A key: the values of its columns, byte for byte as the source prints them. It is data: each end writes it as SQL itself. */
export type KeyPosition = readonly Buffer[];

/** Of a row of nothing but key values, none of which is NULL. */
export const keyPosition = (values: Row): KeyPosition => values.flatMap((value) => value ?? []);

/** As text, to be stored. */
export const encodeKeyPosition = (position: KeyPosition): string =>
  JSON.stringify(position.map((value) => value.toString('base64')));

/** Undefined for a text that `encodeKeyPosition` does not write: somebody else may have had a hand in what was stored. */
export function decodeKeyPosition(text: string): KeyPosition | undefined {
  const parsed = parse(text);
  if (!Array.isArray(parsed) || parsed.length === 0) return undefined;
  const position = parsed.map((value: unknown) =>
    typeof value === 'string' ? Buffer.from(value, 'base64') : undefined,
  );
  if (!position.every((value) => value !== undefined)) return undefined;
  // Buffer.from leaves out what is no base64.
  return encodeKeyPosition(position) === text ? position : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
