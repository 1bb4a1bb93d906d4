import type { LoaderStarter } from '../../../lib/store/load-order.ts';
import type { Sink, SinkBatch } from '../../../lib/replication/endpoints/sink.ts';
import type { Source } from '../../../lib/replication/endpoints/source.ts';
import type { WorkerStore } from '../../../lib/store/task-store.ts';

/**
 * How a member of an injected interface is a boundary. A `call` has a point before it and one after it. A `stream` has
 * a point before it opens and one after each step. The other kinds have no points; each is explained here, once.
 */
type Boundary =
  | 'call'
  | 'stream'
  | 'batch' // opens a batch without any traffic; the batch's own calls are boundaries
  | 'value' // no call
  | 'close' // ends connections: if it is not reached, nothing lasting changes
  | 'command'; // called by commands before a task exists, never by workers

/**
 * Everything that a worker does outside its process goes through these interfaces. The compiler checks that each member
 * is listed, so a step without a fault point does not compile. The test that plays the stories checks that some story
 * passes each point.
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
  names: 'command',
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
  planPage: 'call',
  checksum: 'call',
  bucketSums: 'call',
  readRange: 'stream',
  present: 'call',
  changedSince: 'call',
  changedTables: 'call',
  countChanges: 'call',
  readChanges: 'stream',
  stopChanges: 'call',
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
  rowHash: 'value',
  carried: 'call',
  omitted: 'call',
  checksum: 'call',
  bucketSums: 'call',
  comparedForm: 'call',
  chunks: 'call',
  planLoad: 'call',
  restOfPlan: 'call',
  extendPlan: 'call',
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

/** Every fault point, in the form that the gate uses (see gate.ts). */
export const FAULT_POINTS: readonly string[] = [
  ...pointsOf('store', STORE),
  ...pointsOf('source', SOURCE),
  ...pointsOf('sink', SINK),
  ...pointsOf('sink.batch', BATCH),
  ...pointsOf('loaders', LOADERS),
];

/** The end (store, source, sink or loaders) that a call goes to. */
export const endOf = (call: string): 'store' | 'source' | 'sink' | 'loaders' => {
  const [end] = call.split('.');
  if (end === 'store' || end === 'source' || end === 'sink' || end === 'loaders') return end;
  throw new Error(`A call of nobody: ${call}.`);
};
