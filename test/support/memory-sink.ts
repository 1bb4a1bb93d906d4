import { CdcError } from '../../lib/errors.ts';
import { type Change, isKeyless, type Row, type TableSchema } from '../../lib/data/change.ts';
import { shareOf } from '../../lib/sink/bookkeeping/chunk-claims.ts';
import type { FenceFound, FencePosition, FenceStep, Sink } from '../../lib/replication/endpoints/sink.ts';
import type { Claim } from '../../lib/replication/endpoints/chunk-plans.ts';
import type { SinkTable } from '../../lib/replication/endpoints/sink-tables.ts';
import { keyText, printKey } from '../../lib/data/row-digest.ts';
import { TableError } from '../../lib/data/table-error.ts';
import { tableKey, type TableKey } from '../../lib/task/task.ts';
import { chunksFrom, type Planned } from './memory-plans.ts';
import { applyDeletion, applyInsertion, placeOf, readInPairs, rekeyed, saying } from './memory-rows.ts';
import { bucketSumsOf, checksumOf, isIn } from './memory-checksums.ts';
import { keyOf, type MemoryTable } from './memory-source.ts';

interface Fence extends FenceFound {
  epoch: number;
  writes: number;
}

/** The data of a sink server. They outlive the workers. */
export class MemorySinkServer {
  readonly tables = new Map<string, MemoryTable>();
  readonly schemas = new Map<string, TableSchema>();
  /** The ids of tasks, by table. */
  readonly owners = new Map<string, string>();
  readonly fences = new Map<string, Fence>();
  readonly chunks = new Map<string, Planned[]>();
  /** The owner of each place, and the time until which the owner has it, by the server's clock. */
  readonly places = new Map<string, Map<number, { owner: string; until: number }>>();
  /** The server's own clock, in milliseconds. */
  now = (): number => Date.now();
  /** Why the server refuses a row; undefined by default. */
  refuses: (table: SinkTable, row: Row) => CdcError | undefined = () => undefined;
  /** Tables whose alteration was finished, in order. */
  readonly finished: string[] = [];
  hasChecksums = true;
  /** Maps a key to the text by which the sink orders it. Undefined: the sink orders keys as the source does. */
  order: ((key: string) => string) | undefined;
  /** The size of a transaction that the server reports. */
  transactionBytes: number | undefined;
  /** Called after every committed transaction of a window. */
  onCommit: (fence: FencePosition) => void = () => undefined;
}

export function memorySink(server: MemorySinkServer, taskId: string): Sink {
  let held: { epoch: number; writes: number } | undefined;
  let joined: number | undefined;

  /** Compares and sets epoch and number of writes, as a real sink does in the transaction of the rows. */
  const advanceFence = (step: FenceStep | undefined): void => {
    const fence = server.fences.get(taskId);
    if (fence === undefined || held === undefined || fence.epoch !== held.epoch || fence.writes !== held.writes) {
      throw new CdcError('FENCED', 'A newer worker holds the fence.');
    }
    held.writes += 1;
    const next = step === undefined ? fence : { ...fence, ...step, point: step.point ?? fence.point };
    server.fences.set(taskId, { ...next, epoch: held.epoch, writes: held.writes });
  };
  const checkEpoch = (): void => {
    const epoch = joined ?? held?.epoch;
    if (epoch === undefined || server.fences.get(taskId)?.epoch !== epoch) throw new CdcError('FENCED', 'Fenced.');
  };
  const placesOf = () => server.places.get(taskId) ?? new Map<number, { owner: string; until: number }>();
  const plansOf = (generation: number) => (server.chunks.get(taskId) ?? []).filter((p) => p.generation === generation);
  const planned = (generation: number, table: TableKey, number: number) =>
    plansOf(generation).find((p) => p.table === table && p.chunk.number === number);
  /** Chunks that nobody ever claimed. If there are none, chunks whose owner has no place any more. */
  const claimable = ({ generation, owner, except }: Claim) => {
    const owners = [...placesOf().values()].filter(({ until }) => until > server.now()).map((place) => place.owner);
    if (!owners.includes(owner)) return [];
    const open = plansOf(generation).filter(
      (p) => p.shared && !p.chunk.done && p.chunk.isRest !== true && !except.includes(p.table),
    );
    const fresh = open.filter((p) => p.chunk.claimedBy === '');
    return fresh.length > 0 ? fresh : open.filter((p) => !owners.includes(p.chunk.claimedBy));
  };
  const rowsOf = (table: SinkTable): MemoryTable => {
    const rows = server.tables.get(tableKey(table.name));
    if (rows === undefined) {
      throw new TableError(table.schema.table, new CdcError('SINK_TABLE_MISSING', `No table ${tableKey(table.name)}.`));
    }
    return rows;
  };
  const planOf = (table: SinkTable, generation: number) =>
    (server.chunks.get(taskId) ?? []).filter((p) => p.table === tableKey(table.name) && p.generation === generation);

  const mayRefuse = (table: SinkTable, row: Row): void => {
    const error = server.refuses(table, row);
    if (error !== undefined) throw new TableError(table.schema.table, error);
  };
  const claimed = ({ table, generation, chunk }: NonNullable<FenceStep['chunk']>) => {
    const planned = planOf(table, generation).find((p) => p.chunk.number === chunk.number);
    if (planned === undefined || planned.chunk.done) throw new CdcError('FENCED', 'The chunk is done.');
    return planned;
  };

  return {
    check: () => Promise.resolve([]),
    hasSnapshot: () => Promise.resolve(false),
    transactionBytes: () => Promise.resolve(server.transactionBytes),
    takeOver: async (epoch) => {
      await Promise.resolve();
      const fence = server.fences.get(taskId) ?? { epoch, window: 0, batch: 0, writes: 0, point: undefined };
      if (fence.epoch > epoch) throw new CdcError('FENCED', 'A newer worker holds the fence.');
      if (fence.epoch < epoch) server.places.delete(taskId);
      server.fences.set(taskId, { ...fence, epoch });
      held = { epoch, writes: fence.writes };
      return { window: fence.window, batch: fence.batch, point: fence.point };
    },
    ownTables: async (names) => {
      await Promise.resolve();
      const keys = names.map(tableKey);
      if (keys.every((key) => server.owners.get(key) === taskId)) return [];
      advanceFence(undefined);
      for (const key of keys) if (!server.owners.has(key)) server.owners.set(key, taskId);
      return names
        .map((name) => ({ name, taskId: server.owners.get(tableKey(name)) ?? taskId }))
        .filter((owned) => owned.taskId !== taskId);
    },
    keepTables: async (names) => {
      await Promise.resolve();
      const kept = new Set<string>(names.map(tableKey));
      const gone = [...server.owners].filter(([key, owner]) => owner === taskId && !kept.has(key));
      if (gone.length === 0) return;
      advanceFence(undefined);
      for (const [key] of gone) server.owners.delete(key);
    },
    createTable: async (table) => {
      await Promise.resolve();
      if (server.tables.has(tableKey(table.name))) return;
      advanceFence(undefined);
      server.tables.set(tableKey(table.name), new Map());
      server.schemas.set(tableKey(table.name), table.schema);
    },
    alterTable: async (table) => {
      await Promise.resolve();
      advanceFence(undefined);
      const rows = server.tables.get(tableKey(table.name)) ?? new Map<string, Row>();
      server.tables.set(tableKey(table.name), rekeyed(rows, server.schemas.get(tableKey(table.name)), table.schema));
      server.schemas.set(tableKey(table.name), table.schema);
    },
    hasTable: (table) => Promise.resolve(server.tables.has(tableKey(table.name))),
    carried: ({ schema }) => Promise.resolve(schema),
    omitted: ({ details }) => Promise.resolve(details.notUnderstood ?? []),
    finishTable: async (table) => {
      await Promise.resolve();
      advanceFence(undefined);
      server.finished.push(tableKey(table.name));
      return [];
    },
    statementsFor: async ({ name, schema }) =>
      Promise.resolve(
        saying(server.schemas.get(tableKey(name))) === saying(schema)
          ? []
          : [saying(schema) ?? `drop table ${tableKey(name)}`],
      ),
    dropTable: async (name) => {
      await Promise.resolve();
      advanceFence(undefined);
      server.tables.delete(tableKey(name));
      server.schemas.delete(tableKey(name));
    },
    readRange: (table, set) => readInPairs(rowsOf(table), (key) => isIn(set, key, server.order)),
    keepsOrder: () => Promise.resolve(server.order === undefined),
    readKeys: (table, rows) => {
      const keys = new Set(rows.map((row) => keyOf(table.schema, row)));
      return readInPairs(rowsOf(table), (key) => keys.has(key));
    },
    rowHash: server.hasChecksums ? 'matrixone' : undefined,
    checksum: async (table, range) => Promise.resolve(checksumOf(rowsOf(table), range)),
    bucketSums: async (table, range, of) => Promise.resolve(bucketSumsOf(rowsOf(table), range, of)),
    comparedForm: () => Promise.resolve(undefined),
    chunks: (table, generation) => {
      const plan = planOf(table, generation);
      return Promise.resolve(plan.length === 0 ? undefined : plan.map(({ chunk }) => chunk));
    },
    planLoad: async (table, generation, part, existingRows) => {
      await Promise.resolve();
      const rows = existingRows === 'keep' ? new Map<string, Row>() : rowsOf(table);
      if (existingRows === 'refuse' && rows.size > 0) throw new CdcError('SINK_TABLE_NOT_EMPTY', 'Not empty.');
      advanceFence(undefined);
      if (existingRows === 'replace') rows.clear();
      const plan = chunksFrom(1, table, generation, part);
      const others = (server.chunks.get(taskId) ?? []).filter((p) => p.table !== tableKey(table.name));
      server.chunks.set(taskId, [...others, ...plan]);
    },
    restOfPlan: async (table, generation) => {
      await Promise.resolve();
      return planOf(table, generation).find(({ chunk }) => chunk.isRest === true)?.chunk;
    },
    extendPlan: async (table, generation, rest, part) => {
      await Promise.resolve();
      const found = planOf(table, generation).find(({ chunk }) => chunk.isRest === true);
      if (found?.chunk.number !== rest.number) throw new CdcError('FENCED', 'It is the rest no more.');
      advanceFence(undefined);
      const others = (server.chunks.get(taskId) ?? []).filter((p) => p !== found);
      server.chunks.set(taskId, [...others, ...chunksFrom(rest.number, table, generation, part)]);
    },
    loadChunk: async (table, generation, chunk, batches) => {
      const loaded = [];
      for await (const rows of batches) loaded.push(...rows);
      checkEpoch();
      for (const row of loaded) mayRefuse(table, row);
      const planned = planOf(table, generation).find((p) => p.chunk.number === chunk.number);
      const isOurs = planned?.chunk.claimedBy === chunk.claimedBy;
      if (planned === undefined || planned.chunk.done || !isOurs) throw new CdcError('FENCED', 'The chunk is done.');
      const target = rowsOf(table);
      for (const row of loaded) {
        const key = placeOf(table.schema, row);
        if (target.has(key)) throw new Error(`LOAD DATA would have doubled ${key}`);
        target.set(key, row);
      }
      planned.chunk = { ...planned.chunk, done: true, rows: loaded.length };
      return loaded.length;
    },
    forgetChunks: () => {
      checkEpoch();
      server.chunks.delete(taskId);
      server.places.delete(taskId);
      return Promise.resolve();
    },
    join: async (epoch) => {
      await Promise.resolve();
      joined = epoch;
      checkEpoch();
    },
    openPlaces: async (owner, count) => {
      await Promise.resolve();
      advanceFence(undefined);
      const kept = [...placesOf()].filter(([place]) => place > 0 && place < count);
      const places = new Map<number, { owner: string; until: number }>();
      for (let place = 0; place < count; place += 1) places.set(place, { owner: '', until: 0 });
      for (const [place, held] of kept) places.set(place, held);
      server.places.set(taskId, places.set(0, { owner, until: Infinity }));
    },
    holdPlace: async (place, owner, milliseconds) => {
      await Promise.resolve();
      const found = placesOf().get(place);
      if (found === undefined || (found.owner !== owner && found.until > server.now())) return false;
      placesOf().set(place, { owner, until: milliseconds === 0 ? 0 : server.now() + milliseconds });
      return true;
    },
    freePlaces: async () => {
      await Promise.resolve();
      return [...placesOf()].flatMap(([place, { until }]) => (until > server.now() ? [] : [place]));
    },
    claimChunks: async (claim) => {
      await Promise.resolve();
      checkEpoch();
      return shareOf(claimable(claim), claim.workers).map((found) => {
        found.chunk = { ...found.chunk, claimedBy: claim.owner };
        return { ...found.chunk, table: found.table };
      });
    },
    releaseChunk: async (generation, { table, number, claimedBy }) => {
      await Promise.resolve();
      const found = planned(generation, table, number);
      if (found?.chunk.claimedBy === claimedBy) found.chunk = { ...found.chunk, claimedBy: '' };
    },
    plans: async (generation) => {
      await Promise.resolve();
      const states = new Map<TableKey, { chunks: number; chunksDone: number; rows: number }>();
      for (const { table, chunk } of plansOf(generation)) {
        const { chunks, chunksDone, rows } = states.get(table) ?? { chunks: 0, chunksDone: 0, rows: 0 };
        const done = chunk.done ? 1 : 0;
        states.set(table, { chunks: chunks + 1, chunksDone: chunksDone + done, rows: rows + chunk.rows });
      }
      return states;
    },
    beginBatch: (mode) => {
      const added: { table: SinkTable; change: Change }[] = [];
      const replaced = new Set<SinkTable>();
      return {
        add: (table, changes) => {
          if (isKeyless(table.schema)) replaced.add(table);
          added.push(...Array.from(changes, (change) => ({ table, change })));
          return Promise.resolve();
        },
        commit: async (step) => {
          await Promise.resolve();
          for (const { table, change } of added) {
            rowsOf(table);
            if (!change.deleted && mode !== 'delete') mayRefuse(table, change.row);
          }
          const planned = step.chunk === undefined ? undefined : claimed(step.chunk);
          advanceFence(step);
          if (planned !== undefined)
            planned.chunk = { ...planned.chunk, done: true, rows: step.chunk?.chunk.rows ?? 0 };
          for (const table of replaced) rowsOf(table).clear();
          for (const { table, change } of added) applyDeletion(rowsOf(table), table, change, mode);
          for (const { table, change } of added) applyInsertion(rowsOf(table), table, change, mode);
          server.onCommit(step);
        },
        rollback: () => Promise.resolve(),
      };
    },
    explainRefusal: async (table, code, changes) => {
      for await (const some of changes) {
        for (const { deleted, row } of some) {
          if (!deleted && server.refuses(table, row)?.code === code)
            return `It refused the row ${printKey(table.schema, keyText(table.schema)(row))}.`;
        }
      }
      return undefined;
    },
    forget: (epoch) => {
      if ((server.fences.get(taskId)?.epoch ?? 0) > epoch) return Promise.reject(new CdcError('FENCED', 'Fenced.'));
      server.fences.delete(taskId);
      for (const [key, owner] of server.owners) if (owner === taskId) server.owners.delete(key);
      server.chunks.delete(taskId);
      server.places.delete(taskId);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
