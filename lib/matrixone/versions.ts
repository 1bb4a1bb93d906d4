/**
 * The version of MatrixOne that everything was tried on, and the least that will do. 3.0.18 loses deletions in a diff (1 of 45
 * windows), lacks statements that a sink needs, and exits under loads that 4.2.0 takes.
 */
const TRIED = [4, 2, 0] as const;

/** Is it an older one? MatrixOne's version follows that of MySQL: `8.0.30-MatrixOne-v4.2.0`. Builds of a branch have no number. */
export function isOlder(version: string): boolean {
  const parts = /matrixone-v?(\d+)\.(\d+)\.(\d+)/iu.exec(version)?.slice(1).map(Number);
  const differing = TRIED.findIndex((least, i) => parts?.[i] !== least);
  return parts !== undefined && differing >= 0 && (parts[differing] ?? 0) < (TRIED[differing] ?? 0);
}

export const isMatrixone = (version: string): boolean => /matrixone/iu.test(version);

export const LEAST = `MatrixOne ${TRIED.join('.')}`;
