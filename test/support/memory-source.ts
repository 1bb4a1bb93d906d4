import { bucketSumsOf, checksumOf, isIn } from './memory-checksums.ts';
import { CdcError } from '../../lib/errors.ts';
import { type Change, type Row, type TableSchema, keyIndexes } from '../../lib/data/change.ts';
import { type Pin, type Position, position, type Window } from '../../lib/data/position.ts';
import type { KeyPosition } from '../../lib/data/key-position.ts';
import type { KeyRange, ListedTable, RangeSize, Source } from '../../lib/replication/endpoints/source.ts';
import { namesOf } from './memory-names.ts';
import type { Area } from '../../lib/task/table-selection.ts';
import { tableKey, type TableName, type TaskOptions } from '../../lib/task/task.ts';

export type MemoryTable = Map<string, Row>;

/** The values of the key as one string that can be compared. */
export const keyOf = (schema: TableSchema, row: Row): string =>
  keyIndexes(schema)
    .map((index) => row[index]?.toString('latin1') ?? '')
    .join('\u0000');

/** A table comment stands for everything in a definition besides the columns. */
export const declaredAs = (says: string): Pick<TableSchema, 'details'> => ({ details: { indexes: [], comment: says } });

export const saysOf = ({ details }: TableSchema): string => details.comment ?? '';

/** A table `id varchar primary key, v varchar` for tests of the engine. */
export const memorySchema = (table: TableName, extra: Partial<TableSchema> = {}): TableSchema => ({
  table,
  id: '1',
  columns: [
    { name: 'id', type: 'varchar(20)', nullable: false, generated: false },
    { name: 'v', type: 'varchar(20)', nullable: true, generated: false },
  ],
  key: ['id'],
  hasUniqueKeys: false,
  hasPrimaryKey: true,
  ...declaredAs(`create table ${tableKey(table)}`),
  ...extra,
});

interface MemoryState {
  readonly ts: Position;
  readonly tables: Map<string, MemoryTable>;
  readonly schemas: Map<string, TableSchema>;
}

/** A source server in memory, with snapshots, as far as the engine can tell. */
export class MemoryServer {
  readonly schemas = new Map<string, TableSchema>();
  readonly tables = new Map<string, MemoryTable>();
  readonly snapshots = new Map<string, MemoryState>();
  /** The most snapshots that there may be. */
  quota = Infinity;
  /** A PITR holds every state since this position (a state exists for each time that is asked for). */
  pitr: { readonly since: string; readonly reach: number } | undefined;
  /** States by position, whether a snapshot or PITR holds them or not. */
  readonly states = new Map<string, MemoryState>();
  /** If true, every second quick reading also returns all unchanged rows. The interface allows that. */
  extraRows = false;
  /** If true, readings by the server's own change log also return rows that were written and are unchanged. */
  rewrites = false;
  /** The most ranges that it plans at once. */
  page = Infinity;
  /** The server no longer knows the changes that led to this position. */
  #compacted = '0';
  /** If true, a reading fails only after it has returned the writes. It leaves out the deletions. */
  #forgets = false;
  #readings = 0;
  #tables = 1;
  #clock = 1_700_000_000_000_000_000n;

  create(schema: TableSchema): void {
    this.schemas.set(tableKey(schema.table), schema);
    this.tables.set(tableKey(schema.table), new Map());
  }

  drop(table: TableName): void {
    this.schemas.delete(tableKey(table));
    this.tables.delete(tableKey(table));
  }

  put(table: TableName, id: string, v: string | null): void {
    this.#rows(table).set(id, [Buffer.from(id), v === null ? null : Buffer.from(v)]);
  }

  /** Adds a row to a table without a key; `hidden` tells equal rows apart. */
  putInto(table: TableName, hidden: string, ...row: string[]): void {
    this.#rows(table).set(
      hidden,
      row.map((value) => Buffer.from(value)),
    );
  }

  delete(table: TableName, id: string): void {
    this.#rows(table).delete(id);
  }

  /** From now on the server cannot say what changed since an earlier time. Held states can still be read. */
  compact(forgets = false): void {
    this.#compacted = this.#state().ts;
    this.#forgets = forgets;
  }

  /** The changes that a reading returns before it fails because the others are not known. */
  remembered(net: readonly Change[]): readonly Change[] {
    return this.#forgets ? net.filter(({ deleted }) => !deleted) : [];
  }

  knows({ after }: Window): boolean {
    return BigInt(after.ts) >= BigInt(this.#compacted);
  }

  /** Rows of the window's end that are not among the net changes. */
  unchanged({ table }: TableSchema, { until }: Window, net: readonly Change[]): Change[] {
    const changed = new Set(net.map(({ row }) => row[0]?.toString()));
    const rows = [...this.at(until, table).values()].filter(([key]) => !changed.has(key?.toString()));
    return rows.map((row) => ({ deleted: false, row }));
  }

  /** The pin of a snapshot or PITR that does not belong to a task. */
  heldSince: (ts: Position, area: Area) => Pin | undefined = () => undefined;

  /** Why the table cannot be described; undefined by default. */
  undescribed: (table: TableName) => CdcError | undefined = () => undefined;

  /** The rows that a quick reading returns in addition to the net changes. */
  extras(schema: TableSchema, window: Window, net: readonly Change[]): Change[] {
    this.#readings += 1;
    return this.extraRows && this.#readings % 2 === 1 ? this.unchanged(schema, window, net) : [];
  }

  snapshot(name: string): Pin {
    if (this.snapshots.has(name)) throw new CdcError('SOURCE_ERROR', `The snapshot ${name} exists.`);
    if (this.snapshots.size >= this.quota) throw new CdcError('SNAPSHOT_QUOTA', 'There is no place for another.');
    const state = this.#state();
    this.snapshots.set(name, state);
    return { name, ts: state.ts };
  }

  /** The pin of a barrier: a snapshot that is dropped at once. */
  barrier(): Pin {
    if (this.pitr === undefined) throw new CdcError('PITR_MISSING', 'Nothing holds what there is.');
    const state = this.#state();
    this.states.set(state.ts, state);
    return { name: '', ts: state.ts };
  }

  pitrReach(ts: Position): number | undefined {
    return this.pitr !== undefined && BigInt(this.pitr.since) <= BigInt(ts) ? this.pitr.reach : undefined;
  }

  /** Makes a PITR from now on. States that an earlier PITR held are lost. */
  makePitr(reach = 3_600_000): void {
    this.pitr = { since: this.#state().ts, reach };
  }

  /**
   * Reading a state that nothing holds does not fail, as on real servers. It returns a wrong state: here, one without
   * the rows that have come since the source was made.
   */
  stateAt(pin: Pin): MemoryState {
    const state = pin.name === '' ? this.states.get(pin.ts) : this.snapshots.get(pin.name);
    if (state === undefined) throw new CdcError('HISTORY_LOST', `No snapshot ${pin.name}.`);
    if (pin.name !== '' || this.pitrReach(pin.ts) !== undefined || this.heldSince(pin.ts, [])?.ts === pin.ts)
      return state;
    return { ...state, tables: new Map([...state.tables.keys()].map((key) => [key, new Map<string, Row>()])) };
  }

  #state(): MemoryState {
    this.#clock += 1_000_000n;
    const tables = new Map([...this.tables].map(([key, rows]) => [key, new Map(rows)]));
    return { ts: position(String(this.#clock)), tables, schemas: new Map(this.schemas) };
  }

  /** Drops the table. With a schema, creates it again, empty. */
  replace(table: TableName, schema?: Partial<TableSchema>): void {
    const old = this.schemas.get(tableKey(table)) ?? memorySchema(table);
    this.schemas.delete(tableKey(table));
    this.tables.delete(tableKey(table));
    this.#tables += 1;
    if (schema !== undefined) this.create({ ...old, ...schema, id: String(this.#tables) });
  }

  /** Changes the definition of the table, as a new index would. */
  alter(table: TableName, says: string): void {
    const schema = this.schemas.get(tableKey(table)) ?? memorySchema(table);
    this.schemas.set(tableKey(table), { ...schema, ...declaredAs(says) });
  }

  schemaAt(pin: Pin, table: TableName): TableSchema | undefined {
    return this.stateAt(pin).schemas.get(tableKey(table));
  }

  at(pin: Pin, table: TableName): MemoryTable {
    const rows = this.stateAt(pin).tables.get(tableKey(table));
    if (rows === undefined) throw new CdcError('HISTORY_LOST', `No snapshot ${pin.name}.`);
    return rows;
  }

  #rows(table: TableName): MemoryTable {
    const rows = this.tables.get(tableKey(table));
    if (rows === undefined) throw new CdcError('SOURCE_TABLE_MISSING', tableKey(table));
    return rows;
  }
}

/** Net changes between two states of a table. */
export function diff(before: MemoryTable, after: MemoryTable): Change[] {
  const same = (a: Row, b: Row | undefined): boolean =>
    a === b || (b !== undefined && JSON.stringify(a) === JSON.stringify(b));
  const written = [...after].filter(([key, row]) => !same(row, before.get(key)));
  const deleted = [...before].filter(([key]) => !after.has(key));
  return [
    ...written.map(([, row]) => ({ deleted: false, row })),
    ...deleted.map(([, row]) => ({ deleted: true, row })),
  ];
}

export function memorySource(
  server: MemoryServer,
  { withoutKey, history }: Pick<TaskOptions, 'withoutKey' | 'history'> = { withoutKey: 'refuse', history: 'auto' },
): Source {
  const schemaOf = (table: TableName, at: Pin): TableSchema => {
    const schema = server.schemaAt(at, table);
    if (schema === undefined) throw new CdcError('SOURCE_TABLE_MISSING', tableKey(table));
    return schema;
  };
  const changes = (table: TableName, window: Window): Change[] =>
    diff(server.at(window.after, table), server.at(window.until, table));
  const count = (table: TableName, window: Window): number =>
    server.knows(window) ? changes(table, window).length : 1;
  return {
    check: () => Promise.resolve([]),
    names: async (asked) => Promise.resolve(namesOf([...server.schemas.values()], asked)),
    createPin: async (name) => {
      const takesPitr = history === 'auto' && server.snapshots.size >= server.quota && server.pitr !== undefined;
      return Promise.resolve(history === 'pitr' || takesPitr ? server.barrier() : server.snapshot(name));
    },
    pitrReach: (ts, area) =>
      Promise.resolve(server.pitrReach(ts) ?? (server.heldSince(ts, area)?.ts === ts ? 3_600_000 : undefined)),
    heldSince: (ts, area) => Promise.resolve(server.heldSince(ts, area)),
    pins: (prefix) =>
      Promise.resolve(
        [...server.snapshots].filter(([name]) => name.startsWith(prefix)).map(([name, { ts }]) => ({ name, ts })),
      ),
    dropPin: (name) => {
      server.snapshots.delete(name);
      return Promise.resolve();
    },
    shapes: async (tables, at) => {
      const shapes = tables.map((table) => {
        const schema = server.schemaAt(at, table);
        return [tableKey(table), schema && `${schema.id} ${saysOf(schema)}`] as const;
      });
      return Promise.resolve(new Map(shapes.flatMap(([key, id]) => (id === undefined ? [] : [[key, id] as const]))));
    },
    present: async (schema, at, rows) =>
      Promise.resolve(rows.filter((row) => server.at(at, schema.table).has(keyOf(schema, row)))),
    tables: async (databases, at) => Promise.resolve(listed(server, databases, at)),
    plainTables: async (databases, at) => Promise.resolve(new Set(plain(server, databases, at))),
    describe: async (table, at) => {
      const error = server.undescribed(table);
      if (error !== undefined) throw error;
      const schema = schemaOf(table, at);
      if (schema.key.length === 0 && withoutKey === 'refuse') {
        throw new CdcError('TABLE_WITHOUT_KEY', `The table ${tableKey(table)} has no key.`);
      }
      return Promise.resolve(schema);
    },
    countRows: async (table, at) => Promise.resolve(server.at(at, table).size),
    planPage: async (schema, at, size, { after, most }) => {
      const rows = server.at(at, schema.table);
      const all = ranges(rows, schema.key.length === 0 ? { rows: Infinity, bytes: Infinity } : size, after);
      const some = all.slice(0, Math.min(most, server.page));
      return Promise.resolve({ ranges: some, isLast: all.length === some.length });
    },
    checksum: async (schema, at, range) => Promise.resolve(checksumOf(server.at(at, schema.table), range)),
    bucketSums: async (schema, at, range, of) => Promise.resolve(bucketSumsOf(server.at(at, schema.table), range, of)),
    readRange: (schema, at, set) =>
      inPairs([...server.at(at, schema.table)].filter(([key]) => isIn(set, key)).map(([, row]) => row)),
    changedSince: async (tables, since) =>
      Promise.resolve(
        tables.some((table) => {
          const rows = server.tables.get(tableKey(table));
          return rows === undefined || diff(server.at(since, table), rows).length > 0;
        }),
      ),
    changedTables: async (tables, window) =>
      Promise.resolve(new Set(tables.filter((table) => count(table, window) > 0).map(tableKey))),
    countChanges: async (table, window) => Promise.resolve(count(table, window)),
    readChanges: (schema, window, { reading = 'steady', compared } = {}) => {
      const net = changes(schema.table, window);
      if (reading === 'compared') return inPairs(net);
      if (!server.knows(window)) {
        const error = new CdcError('SOURCE_ERROR', 'The source said: file x is not found (error 20405)');
        const told = server.remembered(net);
        if (reading === 'steady' || told.length > 0) {
          return failing(new CdcError('CHANGES_UNREADABLE', error.message), told);
        }
        compared?.(error);
        return inPairs(net);
      }
      const rewritten = server.rewrites ? server.unchanged(schema, window, net) : [];
      const extra = reading === 'quick' && net.length > 0 ? server.extras(schema, window, net) : rewritten;
      return inPairs([...net, ...extra]);
    },
    stopChanges: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function listed(server: MemoryServer, databases: readonly string[] | 'account', at: Pin): ListedTable[] {
  return [...server.stateAt(at).schemas.values()]
    .filter(({ table }) => databases === 'account' || databases.includes(table.database))
    .map((schema) => ({
      name: schema.table,
      id: schema.id,
      kind: /^create view/u.test(saysOf(schema)) ? 'view' : 'table',
    }));
}

/** The tables that have a key and no problem. Tables in tests may share a number; on real servers they do not. */
function plain(server: MemoryServer, databases: readonly string[] | 'account', at: Pin): string[] {
  const all = listed(server, databases, at);
  const unfit = all.filter(({ name }) => !server.schemaAt(at, name)?.key.length || server.undescribed(name));
  const numbers = new Set(unfit.map(({ id }) => id));
  return all.map(({ id }) => id).filter((id) => !numbers.has(id));
}

/** Turns the text of `keyOf` into a key position, and back. */
const positionOf = (key: string): KeyPosition => key.split('\u0000').map((value) => Buffer.from(value, 'latin1'));
const keyAt = (position: KeyPosition): string => position.map((value) => value.toString('latin1')).join('\u0000');

export const contains = ({ lower, upper }: KeyRange, key: string, order = (text: string) => text): boolean =>
  (lower === undefined || order(key) > order(keyAt(lower))) &&
  (upper === undefined || order(key) <= order(keyAt(upper)));

function ranges(table: MemoryTable, size: RangeSize, after: KeyPosition | undefined): KeyRange[] {
  const keys = [...table.keys()].filter((key) => contains({ lower: after, upper: undefined }, key)).sort();
  let [rows, bytes] = [0, 0];
  const bounds = keys.slice(0, -1).filter((key) => {
    rows += 1;
    bytes += (table.get(key) ?? []).reduce((sum, value) => sum + (value?.length ?? 0), 0);
    const full = rows >= size.rows || bytes >= size.bytes;
    if (full) [rows, bytes] = [0, 0];
    return full;
  });
  const ends = bounds.map(positionOf);
  return [after, ...ends].map((lower, index) => ({ lower, upper: ends[index] }));
}

/** A stream that returns `told` and then fails. */
async function* failing<T>(error: CdcError, told: readonly T[]): AsyncIterable<T[]> {
  yield* inPairs(told);
  throw error;
}

/** Batches of two, so that limits and faults fall both between batches and within them. */
export async function* inPairs<T>(items: readonly T[]): AsyncIterable<T[]> {
  for (let index = 0; index < items.length; index += 2) yield await Promise.resolve(items.slice(index, index + 2));
}
