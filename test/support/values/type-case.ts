import fc from 'fast-check';

/** Bytes as characters of latin1. */
export type Bytes = string;

/** Values of one declared type, as servers print them. Tests carry them from a source to a sink. */
export interface TypeCase {
  readonly type: string;
  /** Tried in every run, together with NULL. */
  readonly edges: readonly Bytes[];
  readonly values: fc.Arbitrary<Bytes>;
  /**
   * Values that only a real MatrixOne prints as MatrixOne does. A value may be given in another form than it is printed
   * in.
   */
  readonly real?: readonly Bytes[];
  readonly realValues?: fc.Arbitrary<Bytes>;
  /**
   * Values that MatrixOne holds and MySQL refuses. They arrive at MatrixOne sinks only. At MySQL nothing arrives in
   * their place.
   */
  readonly refused?: readonly Bytes[];
  /** Values that MySQL also refuses, but MariaDB accepts. */
  readonly refusedByMysql?: readonly Bytes[];
}

export const utf8 = (text: string): Bytes => Buffer.from(text, 'utf8').toString('latin1');
export const pad = (n: number, width = 2): string => String(n).padStart(width, '0');

export const numbersFrom = (min: bigint, max: bigint): Pick<TypeCase, 'edges' | 'values'> => ({
  edges: [...new Set([min, max, 0n, 1n])].map(String),
  values: fc.bigInt({ min, max }).map(String),
});
