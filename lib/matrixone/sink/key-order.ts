const INTEGER = /^(?:(?:tiny|small|big)?int|bool)\b/u;
const TEXT = /^(?:(?:var)?char|text)\b/u;
const BYTES = /^(?:(?:var)?binary|blob)\b/u;

/**
 * Does a column of type `sinkType` order values of type `type` as the source does? It does if the types are the same
 * (for labels: in the same order), and for types whose order does not depend on their length.
 */
export const ordersAlike = (type: string, sinkType: string): boolean =>
  type.toLowerCase() === sinkType.toLowerCase() ||
  [INTEGER, TEXT, BYTES].some((kind) => kind.test(type) && kind.test(sinkType));
