import { CdcError } from '../../lib/errors.ts';
import type { Change, Row, TableSchema } from '../../lib/replication/change.ts';
import { keyIndexes } from '../../lib/replication/change.ts';
import type { Pin, Window } from '../../lib/replication/position.ts';
import type { KeyRange, ListedTable, RangeChecksum, Source } from '../../lib/replication/source.ts';
import type { Area } from '../../lib/task/table-selection.ts';
import { tableKey, type TableName, type TaskOptions } from '../../lib/task/task.ts';

export type MemoryTable = Map<string, Row>;

/** The key's values as one comparable string. */
export const keyOf = (schema: TableSchema, row: Row): string =>
  keyIndexes(schema)
    .map((index) => row[index]?.toString('latin1') ?? '')
    .join('\u0000');

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
  definition: `create table ${tableKey(table)}`,
  ...extra,
});

/** A database with snapshots, as far as the engine sees one. */
export class MemoryServer {
  readonly schemas = new Map<string, TableSchema>();
  readonly tables = new Map<string, MemoryTable>();
  readonly snapshots = new Map<
    string,
    { ts: string; tables: Map<string, MemoryTable>; schemas: Map<string, TableSchema> }
  >();
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

  /** A row of a table without a key; `hidden` tells it from its equals. */
  putInto(table: TableName, hidden: string, ...row: string[]): void {
    this.#rows(table).set(
      hidden,
      row.map((value) => Buffer.from(value)),
    );
  }

  delete(table: TableName, id: string): void {
    this.#rows(table).delete(id);
  }

  /** What others than tasks hold. */
  heldSince: (ts: string, area: Area) => Pin | undefined = () => undefined;

  snapshot(name: string): Pin {
    if (this.snapshots.has(name)) throw new CdcError('SOURCE_ERROR', `The snapshot ${name} exists.`);
    this.#clock += 1_000_000n;
    const tables = new Map([...this.tables].map(([key, rows]) => [key, new Map(rows)]));
    this.snapshots.set(name, { ts: String(this.#clock), tables, schemas: new Map(this.schemas) });
    return { name, ts: String(this.#clock) };
  }

  /** Drops the table; with another schema, makes it anew, empty. */
  replace(table: TableName, schema?: Partial<TableSchema>): void {
    const old = this.schemas.get(tableKey(table)) ?? memorySchema(table);
    this.schemas.delete(tableKey(table));
    this.tables.delete(tableKey(table));
    this.#tables += 1;
    if (schema !== undefined) this.create({ ...old, ...schema, id: String(this.#tables) });
  }

  /** Another definition of the same table, as an index would make it. */
  alter(table: TableName, definition: string): void {
    const schema = this.schemas.get(tableKey(table)) ?? memorySchema(table);
    this.schemas.set(tableKey(table), { ...schema, definition });
  }

  schemaAt(pin: Pin, table: TableName): TableSchema | undefined {
    const snapshot = this.snapshots.get(pin.name);
    if (snapshot === undefined) throw new CdcError('HISTORY_LOST', `No snapshot ${pin.name}.`);
    return snapshot.schemas.get(tableKey(table));
  }

  at(pin: Pin, table: TableName): MemoryTable {
    const rows = this.snapshots.get(pin.name)?.tables.get(tableKey(table));
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
  const same = (a: Row, b: Row | undefined): boolean => b !== undefined && JSON.stringify(a) === JSON.stringify(b);
  const written = [...after].filter(([key, row]) => !same(row, before.get(key)));
  const deleted = [...before].filter(([key]) => !after.has(key));
  return [
    ...written.map(([, row]) => ({ deleted: false, row })),
    ...deleted.map(([, row]) => ({ deleted: true, row })),
  ];
}

export function memorySource(server: MemoryServer, withoutKey: TaskOptions['withoutKey'] = 'refuse'): Source {
  const schemaOf = (table: TableName, at: Pin): TableSchema => {
    const schema = server.schemaAt(at, table);
    if (schema === undefined) throw new CdcError('SOURCE_TABLE_MISSING', tableKey(table));
    return schema;
  };
  const changes = (table: TableName, window: Window): Change[] =>
    diff(server.at(window.after, table), server.at(window.until, table));
  return {
    check: () => Promise.resolve([]),
    createPin: async (name) => Promise.resolve(server.snapshot(name)),
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
        return [tableKey(table), schema && `${schema.id} ${schema.definition}`] as const;
      });
      return Promise.resolve(new Map(shapes.flatMap(([key, id]) => (id === undefined ? [] : [[key, id] as const]))));
    },
    present: async (schema, at, rows) =>
      Promise.resolve(rows.filter((row) => server.at(at, schema.table).has(keyOf(schema, row)))),
    tables: async (databases, at) => Promise.resolve(listed(server, databases, at)),
    describe: async (table, at) => {
      const schema = schemaOf(table, at);
      if (schema.key.length === 0 && withoutKey === 'refuse') {
        throw new CdcError('TABLE_WITHOUT_KEY', `The table ${tableKey(table)} has no key.`);
      }
      return Promise.resolve(schema);
    },
    countRows: async (table, at) => Promise.resolve(server.at(at, table).size),
    planRanges: async (schema, at, rows, after) => {
      const keys = [...server.at(at, schema.table).keys()];
      return Promise.resolve(ranges(keys, schema.key.length === 0 ? Infinity : rows, after));
    },
    checksum: async (schema, at, range) => Promise.resolve(checksumOf(server.at(at, schema.table), range)),
    readRange: (schema, at, range) =>
      inPairs([...server.at(at, schema.table)].filter(([key]) => contains(range, key)).map(([, row]) => row)),
    changedSince: async (tables, since) =>
      Promise.resolve(
        tables.some((table) => {
          const rows = server.tables.get(tableKey(table));
          return rows === undefined || diff(server.at(since, table), rows).length > 0;
        }),
      ),
    changedTables: async (tables, window) =>
      Promise.resolve(new Set(tables.filter((table) => changes(table, window).length > 0).map(tableKey))),
    countChanges: async (table, window) => Promise.resolve(changes(table, window).length),
    readChanges: (schema, window) => inPairs(changes(schema.table, window)),
    close: () => Promise.resolve(),
  };
}

function listed(server: MemoryServer, databases: readonly string[] | 'account', at: Pin): ListedTable[] {
  const snapshot = server.snapshots.get(at.name);
  if (snapshot === undefined) throw new CdcError('HISTORY_LOST', `No snapshot ${at.name}.`);
  return [...snapshot.schemas.values()]
    .filter(({ table }) => databases === 'account' || databases.includes(table.database))
    .map(({ table, id, definition }) => ({
      name: table,
      id,
      kind: /^create view/u.test(definition) ? 'view' : 'table',
    }));
}

export const contains = ({ lower, upper }: KeyRange, key: string): boolean =>
  (lower === undefined || key > lower) && (upper === undefined || key <= upper);

function ranges(all: readonly string[], rows: number, after: string | undefined): KeyRange[] {
  const keys = all.filter((key) => contains({ lower: after, upper: undefined }, key)).sort();
  const bounds = keys.filter((_, index) => index % rows === rows - 1 && index < keys.length - 1);
  return [after, ...bounds].map((lower, index) => ({ lower, upper: bounds[index] }));
}

export function checksumOf(rows: MemoryTable, range: KeyRange): RangeChecksum {
  const within = [...rows].filter(([key]) => contains(range, key)).sort(([a], [b]) => (a < b ? -1 : 1));
  return { rows: within.length, digest: JSON.stringify(within) };
}

/** Batches of two, so that limits and faults fall between and within batches. */
export async function* inPairs<T>(items: readonly T[]): AsyncIterable<T[]> {
  for (let index = 0; index < items.length; index += 2) yield await Promise.resolve(items.slice(index, index + 2));
}
