import { CdcError } from '../../../errors.ts';
import { keepNewest } from '../../../keep-newest.ts';
import { sameRows, type TableSchema } from '../../../data/change.ts';
import type { Pin, Window } from '../../../data/position.ts';
import type { SourceCatalog } from '../../../replication/endpoints/source.ts';
import { tableKey, type TableName, type TableKey } from '../../../task/task.ts';

/** The most pins with remembered shapes: both ends of a window, and a pin that is being made. */
const PINS = 3;
/** The most tables with remembered schemas. Only tables with changes are described: seldom do more change together. */
const SCHEMAS = 1_000;

/** By `db.table`; undefined where the pin has no such table. */
type Shapes = Map<TableKey, string | undefined>;

/**
 * What the source has told of its tables: their shapes at the last pins, and the schema that goes with a shape. The end of one
 * window is the beginning of the next, so most questions are asked once. A table is described again when its shape has changed.
 */
export class KnownSchemas {
  readonly #server: Pick<SourceCatalog, 'describe' | 'shapes'>;
  readonly #shapes = new Map<string, Shapes>();
  readonly #schemas = new Map<TableKey, { readonly shape: string; readonly schema: TableSchema }>();

  /** `server` asks the server each time. */
  constructor(server: Pick<SourceCatalog, 'describe' | 'shapes'>) {
    this.#server = server;
  }

  /** As the source's `shapes`. */
  async shapes(tables: readonly TableName[], pin: Pin): Promise<ReadonlyMap<TableKey, string>> {
    const known = this.#at(pin);
    const asked = tables.filter((table) => !known.has(tableKey(table)));
    if (asked.length > 0) {
      const found = await this.#server.shapes(asked, pin);
      for (const key of asked.map(tableKey)) known.set(key, found.get(key));
    }
    return new Map(
      tables.map(tableKey).flatMap((key) => {
        const shape = known.get(key);
        return shape === undefined ? [] : [[key, shape] as const];
      }),
    );
  }

  /** As the source's `describe`. */
  async describe(table: TableName, pin: Pin): Promise<TableSchema> {
    const key = tableKey(table);
    const shape = this.shapeOf(table, pin);
    const known = this.#schemas.get(key);
    if (shape !== undefined && known?.shape === shape) return known.schema;
    const schema = await this.#server.describe(table, pin);
    if (shape !== undefined) keepNewest(this.#schemas, key, { shape, schema }, SCHEMAS);
    return schema;
  }

  /** The schema at the pin, by the table's shape there. Throws SOURCE_TABLE_MISSING if the table does not exist at the pin. */
  async at(table: TableName, pin: Pin): Promise<TableSchema> {
    if ((await this.shapes([table], pin)).size > 0) return this.describe(table, pin);
    throw new CdcError('SOURCE_TABLE_MISSING', `The source has no table ${tableKey(table)}.`);
  }

  /** SCHEMA_CHANGED when the rows at the window's beginning are of another kind than those of `schema`, at its end. */
  async refuseOther(schema: TableSchema, { after }: Window): Promise<void> {
    if (sameRows(await this.at(schema.table, after), schema)) return;
    throw new CdcError(
      'SCHEMA_CHANGED',
      `The table ${tableKey(schema.table)} is not the same at both ends of a window.`,
    );
  }

  /** Asks for the shapes of all tables at once; otherwise each table is asked for by itself. */
  async prepare(tables: readonly TableName[], pin: Pin): Promise<void> {
    if (!this.#shapes.has(pinKey(pin))) await this.shapes(tables, pin);
  }

  /** The shape that is known of a table at a pin. */
  shapeOf(table: TableName, pin: Pin): string | undefined {
    return this.#shapes.get(pinKey(pin))?.get(tableKey(table));
  }

  /** Remembers shapes that a query for something else returned as well. */
  note(pin: Pin, shapes: ReadonlyMap<TableKey, string>): void {
    const noted = this.#at(pin);
    for (const [key, shape] of shapes) noted.set(key, shape);
  }

  /** The shapes at a pin. Whoever awaits an answer has this very map: other pins may take its place meanwhile. */
  #at(pin: Pin): Shapes {
    const shapes: Shapes = this.#shapes.get(pinKey(pin)) ?? new Map<TableKey, string | undefined>();
    keepNewest(this.#shapes, pinKey(pin), shapes, PINS);
    return shapes;
  }
}

/** The name alone is not enough: a snapshot that somebody drops and makes anew has another time. */
const pinKey = ({ name, ts }: Pin): string => `${ts} ${name}`;
