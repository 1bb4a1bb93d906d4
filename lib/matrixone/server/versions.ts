/**
 * The versions of MatrixOne on which every suite was run. 3.0.18 loses deletions in a diff (1 of 45 windows), lacks
 * statements that a sink needs, and exits under loads that 4.2.0 takes. 4.1.4 silently leaves out of a diff insertions
 * into tables with ENUM, deletions if the key is DOUBLE, and values of BIT columns; an INSERT into an ENUM whose labels
 * are digits may store another label. Nothing is known of other versions, release candidates included.
 */
const TRIED: readonly string[] = ['4.2.0'];

export const isMatrixone = (version: string): boolean => /matrixone/iu.test(version);

/**
 * Why this version was not tried; undefined if it was. MatrixOne's version follows that of MySQL:
 * `8.0.30-MatrixOne-v4.2.0`. Builds of a branch have no number.
 */
export function untried(version: string): string | undefined {
  const number = /matrixone-v?(\d+\.\d+\.\d+)(?![\d.]|-(?:rc|alpha|beta))/iu.exec(version)?.[1];
  if (number !== undefined && TRIED.includes(number)) return undefined;
  return `${version} is not among the versions that were tried (MatrixOne ${TRIED.join(', ')})`;
}
