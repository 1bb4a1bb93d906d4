const INTEGER = /^(?:(?:tiny|small|big)?int|bool)\b/u;
const TEXT = /^(?:(?:var)?char|text)\b/u;
const BYTES = /^(?:(?:var)?binary|blob)\b/u;

/**
 * Does a column of type `sinkType` order the values of one of type `type` as that does? Those of one type do, labels in
 * one order included, and those whose order does not depend on how long they may be.
 */
export const ordersAlike = (type: string, sinkType: string): boolean =>
  type.toLowerCase() === sinkType.toLowerCase() ||
  [INTEGER, TEXT, BYTES].some((kind) => kind.test(type) && kind.test(sinkType));
