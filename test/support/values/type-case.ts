import fc from 'fast-check';

/** Bytes as characters of latin1. */
export type Bytes = string;

/** Values of one declared type, as servers print them, to be carried from a source to a sink. */
export interface TypeCase {
  readonly type: string;
  /** Tried in every run, with NULL. */
  readonly edges: readonly Bytes[];
  readonly values: fc.Arbitrary<Bytes>;
  /** What only a real MatrixOne prints as MatrixOne does; it may also be given in another form than it is printed. */
  readonly real?: readonly Bytes[];
  readonly realValues?: fc.Arbitrary<Bytes>;
  /** What MatrixOne holds and MySQL refuses: it arrives at MatrixOne sinks only, and nothing else arrives instead. */
  readonly refused?: readonly Bytes[];
  /** What MySQL refuses, too, and MariaDB does not. */
  readonly refusedByMysql?: readonly Bytes[];
}

export const utf8 = (text: string): Bytes => Buffer.from(text, 'utf8').toString('latin1');
export const pad = (n: number, width = 2): string => String(n).padStart(width, '0');

export const numbersFrom = (min: bigint, max: bigint): Pick<TypeCase, 'edges' | 'values'> => ({
  edges: [...new Set([min, max, 0n, 1n])].map(String),
  values: fc.bigInt({ min, max }).map(String),
});
