import { literal, qualified } from '../sql/quoting.ts';
import type { News, Written } from '../binlog/binlog.ts';
import { changedKeys } from '../binlog/row-keys.ts';
import { HistoryTable, STORE } from './history-table.ts';
import { isInPlace } from './in-place.ts';
import { parseShape, type Shape } from './shape.ts';
import type { SideConnection } from './side.ts';

/** A table or view in the list of all. */
export interface Listed {
  readonly database: string;
  readonly table: string;
  readonly kind: 'r' | 'v' | 'S';
  readonly id: string;
  readonly version: number;
}

/** A table, and the place that keeps the versions of its rows. Tables of one lineage came from one another by ALTER. */
export interface TrackedTable {
  readonly shape: Shape;
  /** MatrixOne's number of the table. An alteration in place keeps the number and raises the version. */
  readonly relation: { readonly id: string; readonly version: number };
  readonly history: HistoryTable;
  readonly lineage: number;
  /** True: some ALTER in its lineage did more than add columns. */
  readonly altered: boolean;
}

/** The keys under which rows changed, as rows of SQL literals; `any` if there are too many. */
export type ChangedKeys = ReadonlySet<string> | 'any';

/** From this many keys on, comparing the whole table is cheaper than looking up each key. */
const MAX_KEYS = 20_000;

export const SYSTEM_DATABASES = ['information_schema', 'mysql', 'performance_schema', 'sys', 'mo_catalog', STORE];

// InnoDB's dictionary encodes table names as file names.
const LISTING = `
  select table_schema, table_name, case table_type when 'VIEW' then 'v' when 'SEQUENCE' then 'S' else 'r' end,
    hex(concat(cast(convert(table_schema using filename) as binary), '/', cast(convert(table_name using filename) as binary)))
  from information_schema.tables
  where table_type <> 'TEMPORARY' and table_schema not in (${SYSTEM_DATABASES.map(literal).join(', ')})`;

// Read all numbers at once. In a join, MariaDB would search all of them for each table: over a second for a thousand
// tables.
const NUMBERS = 'select hex(cast(name as binary)), table_id from information_schema.innodb_sys_tables';

export const tableKey = (database: string, table: string): string => `${database}.${table}`;

/** Which tables exist, what they look like, and which table continues which earlier one. */
export class Catalogue {
  readonly #side: SideConnection;
  readonly #tracked = new Map<string, TrackedTable>();
  readonly #dirty = new Map<string, Set<string> | 'any'>();
  readonly #replaced = new Set<string>();
  #listing: readonly Listed[] | undefined;
  #numbered: { from: readonly Listed[]; tracks: number; list: readonly Listed[] } | undefined;
  #tracks = 0;
  #lastNumber = 0;

  constructor(side: SideConnection) {
    this.#side = side;
  }

  note(news: News): void {
    if (news.schemaChanged) this.#listing = undefined;
    for (const [key, written] of news.written) this.#noteWritten(key, news.schemaChanged ? undefined : written);
    for (const name of news.replaced) {
      const keys = name.endsWith('.') ? [...this.#tracked.keys()].filter((key) => key.startsWith(name)) : [name];
      for (const key of keys) this.#replaced.add(key);
    }
  }

  async listing(): Promise<readonly Listed[]> {
    this.#listing ??= await this.#list();
    return this.#listing;
  }

  async #list(): Promise<readonly Listed[]> {
    const tables = await this.#side.rows(LISTING);
    const numbers = new Map((await this.#side.rows(NUMBERS)).map(([name, id]) => [name, id]));
    return tables.map(([database, table, kind, file]) => ({
      database: database ?? '',
      table: table ?? '',
      kind: kind === 'v' || kind === 'S' ? kind : 'r',
      id: numbers.get(file) ?? '0',
      version: 0,
    }));
  }

  /** The same list with MatrixOne's numbers of tracked tables. If nothing changed, it is the same object. */
  numbered(listing: readonly Listed[]): readonly Listed[] {
    if (this.#numbered?.from === listing && this.#numbered.tracks === this.#tracks) return this.#numbered.list;
    const list = listing.map((listed) => ({
      ...listed,
      ...this.#tracked.get(tableKey(listed.database, listed.table))?.relation,
    }));
    this.#numbered = { from: listing, tracks: this.#tracks, list };
    return list;
  }

  async hasDatabase(name: string): Promise<boolean> {
    const found = `select 1 from information_schema.schemata where schema_name = ${literal(name)}`;
    return (await this.#side.rows(found)).length > 0;
  }

  /** Undefined if nothing changed. */
  changes({ shape }: TrackedTable): ChangedKeys | undefined {
    return shape.cascades ? 'any' : this.#dirty.get(tableKey(shape.database, shape.table));
  }

  markClean({ shape }: TrackedTable): void {
    this.#dirty.delete(tableKey(shape.database, shape.table));
  }

  /** Makes the place that keeps the table's versions, if there is none yet. */
  async track(listed: Listed): Promise<TrackedTable> {
    const key = tableKey(listed.database, listed.table);
    const before = this.#tracked.get(key);
    if (before?.shape.tableId === listed.id) return before;
    const shape = await this.shape(listed);
    const tracked = await this.#continue(shape, this.#predecessor(shape));
    this.#tracked.set(key, tracked);
    this.#tracks += 1;
    this.#replaced.delete(key);
    this.#dirty.set(key, 'any');
    return tracked;
  }

  async shape({ database, table, id }: Listed): Promise<Shape> {
    const [row] = await this.#side.rows(`show create table ${qualified(database, table)}`);
    return parseShape(database, table, id, row?.[1] ?? '');
  }

  /** Forgets tables that were dropped. */
  async forgetMissing(): Promise<void> {
    const keys = new Set((await this.listing()).map(({ database, table }) => tableKey(database, table)));
    for (const key of this.#tracked.keys()) if (!keys.has(key)) this.#tracked.delete(key);
  }

  #noteWritten(key: string, written: Written | undefined): void {
    const known = this.#dirty.get(key) ?? new Set<string>();
    const shape = this.#tracked.get(key)?.shape;
    if (known === 'any') return;
    const rows = shape === undefined ? undefined : written?.rows;
    for (const event of rows ?? []) {
      const keys = shape && written && changedKeys(event, written.map, shape);
      if (keys === undefined) return void this.#dirty.set(key, 'any');
      for (const changed of keys) known.add(changed);
    }
    this.#dirty.set(key, rows === undefined || known.size > MAX_KEYS ? 'any' : known);
  }

  /**
   * The table that this one continues. Renamed: the same number under another name. Altered: another number, but not
   * created anew.
   */
  #predecessor(shape: Shape): TrackedTable | undefined {
    const renamed = [...this.#tracked.values()].find((tracked) => tracked.shape.tableId === shape.tableId);
    if (renamed !== undefined) return renamed;
    const key = tableKey(shape.database, shape.table);
    return this.#replaced.has(key) ? undefined : this.#tracked.get(key);
  }

  async #continue(shape: Shape, before: TrackedTable | undefined): Promise<TrackedTable> {
    const kept = before !== undefined && isInPlace(shape, before.shape) ? before.relation : undefined;
    const relation = kept === undefined ? { id: shape.tableId, version: 0 } : { ...kept, version: kept.version + 1 };
    if (before === undefined || !continues(shape, before.shape)) {
      const number = ++this.#lastNumber;
      const history = new HistoryTable(`h${number}`, shape);
      for (const sql of history.create()) await this.#side.run(sql);
      return { shape, relation, history, lineage: before?.lineage ?? number, altered: before !== undefined };
    }
    const added = shape.columns.filter((column) => !before.history.columns.has(column.name));
    if (added.length > 0) await this.#side.run(before.history.add(added));
    before.history.keep(added);
    return { ...before, shape, relation };
  }
}

/** True if the alteration at most added columns. */
const continues = (shape: Shape, before: Shape): boolean =>
  shape.key.join() === before.key.join() &&
  before.columns.every((old) =>
    shape.columns.some(
      (column) =>
        column.name === old.name &&
        column.storedType === old.storedType &&
        column.notNull === old.notNull &&
        column.generated === old.generated,
    ),
  );
