import { tableKey, type TableName } from '../../task/task.ts';
import type { TableSchema } from '../../data/change.ts';
import type { Pin } from '../../data/position.ts';
import { SOURCE_MEMBERS, withMembers } from './members.ts';
import type { Source, SourceCatalog } from './source.ts';

/** Both ends of a window, and the end of the one before. */
const PINS = 3;
/** Only tables with changes are described: more than these seldom change together. */
const SCHEMAS = 1_000;

type Shapes = Map<string, string | undefined>;

/**
 * The same source, which is not asked twice for what cannot have changed: the shapes of tables at a pin, which the end of
 * one window and the beginning of the next ask for, and the definition of a table whose shape is the same.
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

/** Those that were set last stay. */
function keep<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}

/** A snapshot that somebody else made anew has another time. */
const pinKey = ({ name, ts }: Pin): string => `${name}@${ts}`;
