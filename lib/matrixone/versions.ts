/**
 * The versions of MatrixOne that every suite was run on, and no others. 3.0.18 loses deletions in a diff (1 of 45 windows),
 * lacks statements that a sink needs, and exits under loads that 4.2.0 takes: what another one does, nobody knows.
 */
const TRIED: readonly string[] = ['4.2.0'];

export const isMatrixone = (version: string): boolean => /matrixone/iu.test(version);

/** MatrixOne's version follows that of MySQL: `8.0.30-MatrixOne-v4.2.0`. Builds of a branch have no number. */
export function untried(version: string): string | undefined {
  const number = /matrixone-v?(\d+\.\d+\.\d+)(?![\d.])/iu.exec(version)?.[1];
  if (number !== undefined && TRIED.includes(number)) return undefined;
  return `${version} was not tried, but MatrixOne ${TRIED.join(', ')}`;
}
