import { CdcError } from '../../../errors.ts';
import { sameRows, type TableSchema } from '../../../data/change.ts';
import type { Pin, Window } from '../../../data/position.ts';
import type { Source } from '../../../replication/endpoints/source.ts';
import { tableKey, type TableName } from '../../../task/task.ts';

/** The most pins with remembered shapes: both ends of a window, and a pin that is being made. */
const REMEMBERED = 3;

/** The schemas of tables at pins. A table is described again only when its shape has changed. */
export class KnownSchemas {
  readonly #source: Pick<Source, 'describe' | 'shapes'>;
  readonly #shapes = new Map<string, Map<string, string>>();
  readonly #schemas = new Map<string, { readonly shape: string; readonly schema: TableSchema }>();

  constructor(source: Pick<Source, 'describe' | 'shapes'>) {
    this.#source = source;
  }

  /** Throws SOURCE_TABLE_MISSING if the table does not exist at the pin. */
  async at(table: TableName, pin: Pin): Promise<TableSchema> {
    const shape = await this.#shape(table, pin);
    const key = tableKey(table);
    const known = this.#schemas.get(key);
    if (known?.shape === shape) return known.schema;
    const schema = await this.#source.describe(table, pin);
    this.#schemas.set(key, { shape, schema });
    return schema;
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
    if (!this.#shapes.has(pinKey(pin))) await this.#source.shapes(tables, pin);
  }

  /** The shapes that are known at a pin, by `db.table`. */
  noted(pin: Pin): ReadonlyMap<string, string> {
    return this.#shapes.get(pinKey(pin)) ?? new Map<string, string>();
  }

  /** Remembers shapes: the answer of `shapes`, or of a query that returns them as well. */
  note(pin: Pin, shapes: ReadonlyMap<string, string>): void {
    const noted = this.#shapes.get(pinKey(pin)) ?? new Map<string, string>();
    for (const [key, shape] of shapes) noted.set(key, shape);
    this.#shapes.delete(pinKey(pin));
    this.#shapes.set(pinKey(pin), noted);
    for (const name of [...this.#shapes.keys()].slice(0, -REMEMBERED)) this.#shapes.delete(name);
  }

  forget(pin: string): void {
    this.#shapes.delete(pin);
  }

  async #shape(table: TableName, pin: Pin): Promise<string> {
    const key = tableKey(table);
    const shape = this.#shapes.get(pinKey(pin))?.get(key) ?? (await this.#source.shapes([table], pin)).get(key);
    if (shape === undefined) throw new CdcError('SOURCE_TABLE_MISSING', `The source has no table ${key}.`);
    return shape;
  }
}

/** A pin without a snapshot has a time and no name. */
const pinKey = ({ name, ts }: Pin): string => name || ts;
