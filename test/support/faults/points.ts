import type { LoaderStarter } from '../../../lib/store/load-order.ts';
import type { Sink, SinkBatch } from '../../../lib/replication/endpoints/sink.ts';
import type { Source } from '../../../lib/replication/endpoints/source.ts';
import type { WorkerStore } from '../../../lib/store/task-store.ts';

/**
 * How a member of an injected interface is a boundary: a `call` has a point before and one after it, a `stream` one
 * before it opens and one after each step. The others have none: what they stand for is said here, once.
 */
type Boundary =
  | 'call'
  | 'stream'
  | 'batch' // opens a batch without any traffic; its own calls are boundaries
  | 'value' // no call
  | 'close' // ends connections: whether it is reached changes nothing that lasts
  | 'command'; // asked by commands before a task is made, not by workers

/**
 * Everything that a worker does outside its process goes through these interfaces. The compiler insists that each member
 * is listed, so a step that is added without a fault point does not compile; the test that plays the scenarios insists
 * that each is met.
 */
const STORE = {
  acquire: 'call',
  renew: 'call',
  watch: 'call',
  release: 'call',
  saveProgress: 'call',
  saveError: 'call',
  isDropped: 'call',
  remove: 'call',
} satisfies Record<keyof WorkerStore, Boundary>;

const SOURCE = {
  check: 'command',
  createPin: 'call',
  heldSince: 'call',
  pitrReach: 'call',
  pins: 'call',
  dropPin: 'call',
  tables: 'call',
  plainTables: 'call',
  describe: 'call',
  shapes: 'call',
  countRows: 'call',
  planRanges: 'call',
  checksum: 'call',
  readRange: 'stream',
  present: 'call',
  changedSince: 'call',
  changedTables: 'call',
  countChanges: 'call',
  readChanges: 'stream',
  close: 'close',
} satisfies Record<keyof Source, Boundary>;

const SINK = {
  check: 'command',
  hasSnapshot: 'command',
  transactionBytes: 'call',
  takeOver: 'call',
  ownTables: 'call',
  keepTables: 'call',
  createTable: 'call',
  hasTable: 'call',
  alterTable: 'call',
  finishTable: 'call',
  statementsFor: 'call',
  dropTable: 'call',
  readRange: 'stream',
  keepsOrder: 'call',
  readKeys: 'stream',
  hasChecksums: 'value',
  carried: 'call',
  omitted: 'call',
  checksum: 'call',
  comparedForm: 'call',
  chunks: 'call',
  planLoad: 'call',
  loadChunk: 'call',
  forgetChunks: 'call',
  join: 'call',
  openPlaces: 'call',
  holdPlace: 'call',
  freePlaces: 'call',
  claimChunks: 'call',
  releaseChunk: 'call',
  plans: 'call',
  beginBatch: 'batch',
  explainRefusal: 'call',
  forget: 'call',
  close: 'close',
} satisfies Record<keyof Sink, Boundary>;

const BATCH = { add: 'call', commit: 'call', rollback: 'call' } satisfies Record<keyof SinkBatch, Boundary>;

const LOADERS = { start: 'call' } satisfies Record<keyof LoaderStarter, Boundary>;

const pointsOf = (label: string, boundaries: Readonly<Record<string, Boundary>>): string[] =>
  Object.entries(boundaries).flatMap(([name, boundary]) => {
    if (boundary === 'call') return [`before ${label}.${name}`, `after ${label}.${name}`];
    return boundary === 'stream' ? [`before ${label}.${name}`, `after ${label}.${name} step`] : [];
  });

/** Every fault point, in the words of the gate (see gate.ts). */
export const FAULT_POINTS: readonly string[] = [
  ...pointsOf('store', STORE),
  ...pointsOf('source', SOURCE),
  ...pointsOf('sink', SINK),
  ...pointsOf('sink.batch', BATCH),
  ...pointsOf('loaders', LOADERS),
];

/** Does a worker find this call answered wherever it has got to? A fault there is one of the calls that follow. */
export const endOf = (call: string): 'store' | 'source' | 'sink' | 'loaders' => {
  const [end] = call.split('.');
  if (end === 'store' || end === 'source' || end === 'sink' || end === 'loaders') return end;
  throw new Error(`A call of nobody: ${call}.`);
};
