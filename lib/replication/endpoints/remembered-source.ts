import { tableKey, type TableName } from '../../task/task.ts';
import type { TableSchema } from '../../data/change.ts';
import type { Pin } from '../../data/position.ts';
import { SOURCE_MEMBERS, withMembers } from './members.ts';
import type { Source, SourceCatalog } from './source.ts';

/** Both ends of the current window, and the end of the window before it. */
const PINS = 3;
/** The worker describes only tables with changes, and seldom do more tables than this change together. */
const SCHEMAS = 1_000;

type Shapes = Map<string, string | undefined>;

/**
 * The same source, which remembers what cannot have changed. It remembers the shapes of tables at a pin, because the
 * end of one window is the beginning of the next. It remembers the definition of a table as long as its shape is the
 * same.
 */
export function remembered(source: Source): Source {
  const { shapes, describe } = new Memory(source);
  return withMembers(source, SOURCE_MEMBERS, { shapes, describe });
}

class Memory {
  readonly #source: Pick<SourceCatalog, 'shapes' | 'describe'>;
  readonly #shapes = new Map<string, Shapes>();
  readonly #schemas = new Map<string, { readonly shape: string; readonly schema: TableSchema }>();

  constructor(source: Pick<SourceCatalog, 'shapes' | 'describe'>) {
    this.#source = source;
  }

  readonly shapes = async (tables: readonly TableName[], at: Pin): Promise<ReadonlyMap<string, string>> => {
    const known = this.#at(at);
    const asked = tables.filter((table) => !known.has(tableKey(table)));
    if (asked.length > 0) {
      const found = await this.#source.shapes(asked, at);
      for (const table of asked) known.set(tableKey(table), found.get(tableKey(table)));
    }
    return new Map(
      tables.map(tableKey).flatMap((key) => {
        const shape = known.get(key);
        return shape === undefined ? [] : [[key, shape] as const];
      }),
    );
  };

  readonly describe = async (table: TableName, at: Pin): Promise<TableSchema> => {
    const key = tableKey(table);
    const shape = this.#shapes.get(pinKey(at))?.get(key);
    const known = this.#schemas.get(key);
    if (shape !== undefined && known?.shape === shape) return known.schema;
    const schema = await this.#source.describe(table, at);
    if (shape !== undefined) keep(this.#schemas, key, { shape, schema }, SCHEMAS);
    return schema;
  };

  #at(pin: Pin): Shapes {
    const shapes: Shapes = this.#shapes.get(pinKey(pin)) ?? new Map<string, string | undefined>();
    keep(this.#shapes, pinKey(pin), shapes, PINS);
    return shapes;
  }
}

/** Sets the entry and removes the oldest entries beyond `most`. */
function keep<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}

/** The name alone is not enough: if somebody drops and recreates a snapshot, its time differs. */
const pinKey = ({ name, ts }: Pin): string => `${name}@${ts}`;
