import { CdcError } from '../../errors.ts';
import { carriedColumns, isKeyless, type Column, type TableSchema } from '../../data/change.ts';
import type { SinkTable } from '../../replication/endpoints/sink-tables.ts';
import { tableKey, type TableKey } from '../../task/task.ts';
import { declaredType } from '../../sql/declared-type.ts';
import { spelledAs } from '../../sql/spelling.ts';
import type { Dialect, SinkColumn, SinkDescription } from '../dialect/dialect.ts';
import type { Connection } from '../../wire/connection.ts';

interface Known {
  /** Column names as the sink spells them. */
  readonly names: readonly string[];
  /** By lower-case column name. */
  readonly types: ReadonlyMap<string, string>;
  /** Lower-case names of columns that the server computes. */
  readonly computed: ReadonlySet<string>;
  readonly exists: boolean;
}

/** The columns of sink tables. Each table is described once. */
export class SinkColumns {
  readonly #dialect: Dialect;
  readonly #known = new Map<TableKey, Known>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** Types by lower-case column name. */
  async types(connection: Connection, table: SinkTable): Promise<ReadonlyMap<string, string>> {
    return (await this.#look(connection, table)).types;
  }

  /** The table with its columns spelled as the sink has them. Statements use these names only. */
  async spelled(connection: Connection, table: SinkTable): Promise<SinkTable> {
    const { names } = await this.#look(connection, table);
    const schema = spelledAs(table.schema, names);
    return schema === table.schema ? table : { ...table, schema };
  }

  /**
   * The schema, but a column that the source computes becomes a plain one if the sink has, or will have, a plain one.
   */
  async carried(connection: Connection, table: SinkTable, before?: TableSchema): Promise<TableSchema> {
    const { exists, types, computed } = await this.#look(connection, table);
    const old = before === undefined ? undefined : new Set(before.columns.map(({ name }) => name.toLowerCase()));
    const isPlain = (column: Column): boolean => {
      const name = column.name.toLowerCase();
      if (exists && types.has(name)) return !computed.has(name);
      const comes = !exists || old?.has(name) === false;
      return comes && !this.#dialect.computes(column);
    };
    return withValuesOf(table.schema, (column) => column.generated && isPlain(column));
  }

  async #look(connection: Connection, { name }: SinkTable): Promise<Known> {
    const known = this.#known.get(tableKey(name));
    if (known !== undefined) return known;
    const description = await this.#dialect.describe(connection, name);
    const columns = description?.columns ?? [];
    const found = {
      names: columns.map((column) => column.name),
      types: new Map(columns.map((column) => [column.name.toLowerCase(), column.type])),
      computed: new Set(columns.filter(({ generated }) => generated).map(({ name }) => name.toLowerCase())),
      exists: description !== undefined,
    };
    // Remember existing tables only: a missing one may be created later.
    if (description !== undefined) this.#known.set(tableKey(name), found);
    return found;
  }

  /** Do all columns have the types that the source declares? MatrixOne prints the labels of a set in lower case. */
  async same(connection: Connection, table: SinkTable): Promise<boolean> {
    const types = await this.types(connection, table);
    return carriedColumns(table.schema).every(
      (column) => types.get(column.name.toLowerCase())?.toLowerCase() === declaredType(column).toLowerCase(),
    );
  }

  /** Asks again: somebody may have altered the table meanwhile. */
  fresh(connection: Connection, table: SinkTable): Promise<ReadonlyMap<string, string>> {
    this.forget(table);
    return this.types(connection, table);
  }

  forget({ name }: Pick<SinkTable, 'name'>): void {
    this.#known.delete(tableKey(name));
  }
}

function withValuesOf(schema: TableSchema, isPlain: (column: Column) => boolean): TableSchema {
  const columns = schema.columns.map((column): Column => {
    if (!isPlain(column)) return column;
    const { name, type, nullable, labels, comment } = column;
    const said = { ...(labels === undefined ? {} : { labels }), ...(comment === undefined ? {} : { comment }) };
    return { name, type, nullable, generated: false, computedAtSource: true, ...said };
  });
  return { ...schema, columns };
}

/** Why a sink table cannot take the rows of its source table; undefined when it can. */
export const mismatch = (found: SinkDescription, table: SinkTable): string | undefined =>
  columnMismatch(found.columns, table) ?? keyMismatch(found, table) ?? collationMismatch(found, table);

function columnMismatch(columns: readonly SinkColumn[], { schema }: SinkTable): string | undefined {
  const byName = new Map(columns.map((column) => [column.name.toLowerCase(), column]));
  const carried = carriedColumns(schema).map((column) => column.name);
  const missing = carried.filter((name) => !byName.has(name.toLowerCase()));
  if (missing.length > 0) return `it lacks ${columnList(missing)}`;
  const named = new Set(carried.map((name) => name.toLowerCase()));
  const required = columns.filter((column) => column.required && !named.has(column.name.toLowerCase()));
  if (required.length > 0) {
    return `it has ${columnList(required.map(({ name }) => name))} besides, NOT NULL and without a default (give it a default, or allow NULL)`;
  }
  const unfit = carried.filter((name) => byName.get(name.toLowerCase())?.takesNoText === true);
  if (unfit.length > 0) return `geometries and vectors are carried as text, which ${columnList(unfit)} cannot take`;
  const generated = carried.filter((name) => byName.get(name.toLowerCase())?.generated === true);
  return generated.length > 0 ? `it computes ${columnList(generated)} itself` : undefined;
}

/**
 * The order of key columns does not matter: rows are found by all of them. If the table has no primary key, a unique
 * key without NULLs will do.
 */
function keyMismatch({ key, uniqueKeys }: SinkDescription, { schema }: SinkTable): string | undefined {
  const sorted = (names: readonly string[]): string =>
    names
      .map((name) => name.toLowerCase())
      .toSorted()
      .join('\0');
  const keys = key.length > 0 || schema.key.length === 0 ? [key] : uniqueKeys;
  if (keys.some((found) => sorted(found) === sorted(schema.key))) return undefined;
  const has = key.length === 0 ? 'no primary key' : `the primary key (${key.join(', ')})`;
  return `it has ${has}, the source table ${isKeyless(schema) ? 'no key' : `(${schema.key.join(', ')})`}`;
}

/**
 * MatrixOne distinguishes `a`, `A` and `a `. If the sink does not, a change of one key deletes the row of the other
 * without an error. Only binary collations that do not pad distinguish them.
 */
function collationMismatch({ columns, indexes }: SinkDescription, { schema }: SinkTable): string | undefined {
  const key = new Set(schema.key.map((name) => name.toLowerCase()));
  const carried = new Set(carriedColumns(schema).map(({ name }) => name.toLowerCase()));
  const unique = new Set(
    indexes.filter((index) => index.unique).flatMap((index) => index.columns.map((name) => name.toLowerCase())),
  );
  const [first] = columns
    .filter(
      ({ name }) => key.has(name.toLowerCase()) || (unique.has(name.toLowerCase()) && carried.has(name.toLowerCase())),
    )
    .map(({ name, type }) => ({ name, collation: / collate (\S+)$/u.exec(type)?.[1] }))
    .filter(({ collation }) => collation !== undefined && !/(?:_nopad|_0900)_bin$/u.test(collation));
  if (first === undefined) return undefined;
  const { name, collation = '' } = first;
  const what = key.has(name.toLowerCase()) ? ['key', 'keys'] : ['unique', 'values'];
  return `its ${what[0]} column ${name} has the collation ${collation}, to which different ${what[1]} of the source are the same (take utf8mb4_0900_bin, in MariaDB utf8mb4_nopad_bin)`;
}

const columnList = (names: readonly string[]): string =>
  `${names.length === 1 ? 'the column' : 'the columns'} ${names.join(', ')}`;

export const mismatchError = (table: SinkTable, reason: string): CdcError =>
  new CdcError('SINK_TABLE_MISMATCH', `The sink table ${tableKey(table.name)} does not fit: ${reason}.`);
