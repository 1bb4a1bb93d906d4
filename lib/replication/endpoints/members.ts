import type { Sink } from './sink.ts';
import type { Source } from './source.ts';

/** How a member answers: with a promise, with a stream, or immediately (`at once`). A `value` is not a function. */
export type MemberKind = 'promise' | 'stream' | 'at once' | 'value';

/** Lists every member of an interface. A new member does not compile until it is listed here. */
export type Members<T> = Readonly<Record<keyof T, MemberKind>>;

export const SOURCE_MEMBERS: Members<Source> = {
  check: 'promise',
  names: 'promise',
  tables: 'promise',
  plainTables: 'promise',
  describe: 'promise',
  shapes: 'promise',
  countRows: 'promise',
  createPin: 'promise',
  heldSince: 'promise',
  pitrReach: 'promise',
  pins: 'promise',
  dropPin: 'promise',
  planPage: 'promise',
  checksum: 'promise',
  bucketSums: 'promise',
  readRange: 'stream',
  present: 'promise',
  changedSince: 'promise',
  changedTables: 'promise',
  countChanges: 'promise',
  readChanges: 'stream',
  stopChanges: 'promise',
  close: 'promise',
};

export const SINK_MEMBERS: Members<Sink> = {
  takeOver: 'promise',
  join: 'promise',
  forget: 'promise',
  check: 'promise',
  hasSnapshot: 'promise',
  ownTables: 'promise',
  keepTables: 'promise',
  createTable: 'promise',
  hasTable: 'promise',
  carried: 'promise',
  omitted: 'promise',
  alterTable: 'promise',
  finishTable: 'promise',
  statementsFor: 'promise',
  dropTable: 'promise',
  transactionBytes: 'promise',
  beginBatch: 'at once',
  explainRefusal: 'promise',
  readRange: 'stream',
  keepsOrder: 'promise',
  readKeys: 'stream',
  rowHash: 'value',
  checksum: 'promise',
  bucketSums: 'promise',
  comparedForm: 'promise',
  chunks: 'promise',
  planLoad: 'promise',
  restOfPlan: 'promise',
  extendPlan: 'promise',
  loadChunk: 'promise',
  forgetChunks: 'promise',
  plans: 'promise',
  openPlaces: 'promise',
  holdPlace: 'promise',
  freePlaces: 'promise',
  claimChunks: 'promise',
  releaseChunk: 'promise',
  close: 'promise',
};

/** The same source or sink, with `others` in place of its own members. */
export function withMembers<T extends object>(end: T, members: Members<T>, others: Partial<T>): T {
  const result = Object.create(null) as T;
  for (const name of Object.keys(members) as (keyof T)[]) {
    Object.defineProperty(result, name, { enumerable: true, value: others[name] ?? bound(end, name) });
  }
  return result;
}

function bound<T extends object>(end: T, name: keyof T): unknown {
  const member: unknown = end[name];
  return typeof member === 'function' ? (member.bind(end) as unknown) : member;
}
