/**
 * The versions of MatrixOne that every suite was run on, and no others. 3.0.18 loses deletions in a diff (1 of 45 windows),
 * lacks statements that a sink needs, and exits under loads that 4.2.0 takes. 4.1.4 leaves insertions of tables with ENUM out of
 * a diff, deletions where the key is DOUBLE, and what BIT columns hold, without an error; an INSERT into an ENUM whose labels are
 * digits may store another label. What another one does, nobody knows, release candidates included.
 */
const TRIED: readonly string[] = ['4.2.0'];

export const isMatrixone = (version: string): boolean => /matrixone/iu.test(version);

/** MatrixOne's version follows that of MySQL: `8.0.30-MatrixOne-v4.2.0`. Builds of a branch have no number. */
export function untried(version: string): string | undefined {
  const number = /matrixone-v?(\d+\.\d+\.\d+)(?![\d.]|-(?:rc|alpha|beta))/iu.exec(version)?.[1];
  if (number !== undefined && TRIED.includes(number)) return undefined;
  return `${version} is not among the versions that were tried (MatrixOne ${TRIED.join(', ')})`;
}
