import type { LoggedColumn } from './table-map.ts';

/** Where the bytes of a value are. The length before a text is not part of it. */
export interface ValuePlace {
  readonly start: number;
  readonly end: number;
}

// Sizes in bytes, by MariaDB's number of the column type.
const FIXED: Readonly<Record<number, number>> = {
  1: 1,
  2: 2,
  3: 4,
  4: 4,
  5: 8,
  7: 4,
  8: 8,
  9: 3,
  10: 3,
  11: 3,
  12: 8,
  13: 1,
  14: 3,
};
const [VARCHAR, BIT, TIMESTAMP2, DATETIME2, TIME2, DECIMAL, STRING] = [15, 16, 17, 18, 19, 246, 254];
const BLOBS = new Set([249, 250, 251, 252, 255]);

/** Undefined for a type that this code does not know. */
export const valuePlace = (bytes: Buffer, at: number, { type, metadata }: LoggedColumn): ValuePlace | undefined => {
  const fixed = FIXED[type] ?? computedLength(type, metadata);
  if (fixed !== undefined) return { start: at, end: at + fixed };
  const prefix = lengthPrefix(type, metadata);
  if (prefix === undefined) return undefined;
  const start = at + prefix;
  return { start, end: start + bytes.readUIntLE(at, prefix) };
};

const computedLength = (type: number, metadata: number): number | undefined => {
  const fraction = Math.ceil(metadata / 2);
  if (type === TIMESTAMP2) return 4 + fraction;
  if (type === DATETIME2) return 5 + fraction;
  if (type === TIME2) return 3 + fraction;
  if (type === BIT) return (metadata >> 8) + ((metadata & 0xff) > 0 ? 1 : 0);
  if (type === DECIMAL) return decimalLength(metadata & 0xff, metadata >> 8);
  if (type === STRING && isEnumOrSet(metadata)) return metadata >> 8;
  return undefined;
};

const lengthPrefix = (type: number, metadata: number): number | undefined => {
  if (BLOBS.has(type)) return metadata;
  if (type === VARCHAR) return metadata > 255 ? 2 : 1;
  if (type !== STRING) return undefined;
  // The type of a CHAR hides, inverted, the two high bits of its length.
  const length = (metadata >> 8) | (((metadata & 0x30) ^ 0x30) << 4);
  return length > 255 ? 2 : 1;
};

const isEnumOrSet = (metadata: number): boolean => [247, 248].includes(metadata & 0xff);

const decimalLength = (precision: number, scale: number): number => {
  const bytes = (digits: number): number => Math.floor(digits / 9) * 4 + Math.ceil((digits % 9) / 2);
  return bytes(precision - scale) + bytes(scale);
};
