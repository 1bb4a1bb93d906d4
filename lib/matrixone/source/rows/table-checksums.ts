import { keepNewest } from '../../../keep-newest.ts';
import type { Connection } from '../../../wire/connection.ts';
import { quoteTable } from '../../../sql/identifier.ts';
import { type Checksum, sameSum } from '../../../data/buckets.ts';
import type { TableSchema } from '../../../data/change.ts';
import type { Pin } from '../../../data/position.ts';
import { tableKey, type TableKey } from '../../../task/task.ts';
import { atPin } from '../history/pins.ts';
import { readChecksum } from '../../../sql/range-checksum.ts';
import { matrixoneHashing } from '../../../sql/row-hash.ts';
import { CdcError } from '../../../errors.ts';

/** Checksums that are remembered per table: both ends of a window. */
const REMEMBERED = 2;
/** Looks at the live table take at most a tenth of the time. */
const REST = 9;

interface Known {
  /** By pin and shape of the table. */
  readonly atPins: Map<string, Checksum>;
  /** Milliseconds since 1970. Before then, the live table is not read again. */
  restUntil: number;
}

/** Checksums of whole tables. The checksum at a window's end is remembered for the beginning of the next. */
export class TableChecksums {
  readonly #use: <T>(pins: readonly Pin[], work: (connection: Connection) => Promise<T>) => Promise<T>;
  readonly #known = new Map<TableKey, Known>();

  /** `use` lends a connection for reading at pins. */
  constructor(use: <T>(pins: readonly Pin[], work: (connection: Connection) => Promise<T>) => Promise<T>) {
    this.#use = use;
  }

  async at(schema: TableSchema, pin: Pin): Promise<Checksum> {
    const { atPins } = this.#of(schema);
    const key = JSON.stringify([pin.name, pin.ts, schema.id, schema.columns]);
    const known = atPins.get(key);
    if (known !== undefined) return known;
    const sum = await this.#use([pin], (connection) => tableChecksum(connection, schema, atPin(schema.table, pin)));
    keepNewest(atPins, key, sum, REMEMBERED);
    return sum;
  }

  /** Does the live table differ from the pin? Also false while resting after a look that took long. */
  async changedSince(schema: TableSchema, pin: Pin): Promise<boolean> {
    const known = this.#of(schema);
    if (Date.now() < known.restUntil) return false;
    const before = await this.at(schema, pin);
    const begun = Date.now();
    const now = await this.#use([], (connection) => tableChecksum(connection, schema, quoteTable(schema.table)));
    known.restUntil = Date.now() + REST * (Date.now() - begun);
    return !sameSum(now, before);
  }

  #of({ table }: TableSchema): Known {
    const key = tableKey(table);
    const known = this.#known.get(key) ?? { atPins: new Map<string, Checksum>(), restUntil: 0 };
    this.#known.set(key, known);
    return known;
  }
}

/** `table`: the table, live or at a pin. A query must not read it at two pins. */
async function tableChecksum(connection: Connection, schema: TableSchema, table: string): Promise<Checksum> {
  const sum = readChecksum(await connection.query(matrixoneHashing(schema).checksumQuery(table, 'true')));
  if (sum === undefined) throw new CdcError('SOURCE_ERROR', `${tableKey(schema.table)}: the server summed up no rows.`);
  return sum;
}
