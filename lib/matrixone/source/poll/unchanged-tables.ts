import { keepNewest } from '../../../keep-newest.ts';
import type { Failure } from '../../../wire/failure.ts';
import type { Connection } from '../../../wire/connection.ts';
import { forEachConcurrently } from '../../../concurrency/concurrently.ts';
import type { Pin, Window } from '../../../data/position.ts';
import { tableKey, type TableName, type TableKey } from '../../../task/task.ts';
import { failureOf } from '../../server/failure-of.ts';
import { LARGE, rowIdSums, TABLES_A_STATEMENT } from './row-ids.ts';
import { isUnsupportedByServer } from '../../server/unsupported-by-server.ts';

/** The most pins with remembered sums: both ends of a window, and a pin that is being made. */
const REMEMBERED = 3;

/** Failures of a single table. The server can still compute the sums of others. */
const OF_TABLES: ReadonlySet<Failure> = new Set(['table-missing', 'database-missing', 'privilege']);

type Sums = Map<TableKey, string>;

/**
 * Finds tables that have certainly not changed, many in one statement, by the ids of their rows. It may miss some:
 * large tables, tables whose rows were moved by a flush or a merge, and all tables if the server cannot compute the
 * sums.
 */
export class UnchangedTables {
  readonly #use: <T>(pins: readonly Pin[], work: (connection: Connection) => Promise<T>) => Promise<T>;
  readonly #atPins = new Map<string, Sums>();
  /** Sums of live tables that hold the same rows as at the pin, by `db.table`. */
  #same: { readonly pin: string; readonly sums: Sums } = { pin: '', sums: new Map() };
  readonly #large = new Set<TableKey>();
  #unable = false;

  /** `use` lends a connection for reading at pins. */
  constructor(use: <T>(pins: readonly Pin[], work: (connection: Connection) => Promise<T>) => Promise<T>) {
    this.#use = use;
  }

  /** The tables that are the same at both ends, by `db.table`. All tables must exist. */
  async between(tables: readonly TableName[], { after, until }: Window, lanes: number): Promise<ReadonlySet<TableKey>> {
    const now = await this.#atPin(tables, until, lanes);
    const before = await this.#atPin(
      tables.filter((table) => now.has(tableKey(table))),
      after,
      lanes,
    );
    return new Set(tables.map(tableKey).filter((key) => isSame(before.get(key), now.get(key))));
  }

  /**
   * The live tables that are the same as at the pin. The caller calls `note` for each further table that it found
   * unchanged, so that a table whose rows were moved is not asked about again and again.
   */
  async since(
    tables: readonly TableName[],
    pin: Pin,
  ): Promise<{ readonly same: ReadonlySet<TableKey>; readonly note: (table: TableName) => void }> {
    const known = this.#sameAs(pin);
    const now = await this.#ask(tables, undefined);
    const open = tables.filter(
      (table) => now.has(tableKey(table)) && !isSame(known.get(tableKey(table)), now.get(tableKey(table))),
    );
    const before = await this.#atPin(open, pin, 1);
    const same = tables
      .map(tableKey)
      .filter((key) => isSame(now.get(key), known.get(key)) || isSame(now.get(key), before.get(key)));
    const note = (table: TableName): void => {
      const sum = now.get(tableKey(table));
      if (sum !== undefined) known.set(tableKey(table), sum);
    };
    return { same: new Set(same), note };
  }

  /** Forgets a pin, because a pin of this name is made again. */
  forget(pin: string): void {
    this.#atPins.delete(pin);
  }

  #sameAs(pin: Pin): Sums {
    if (this.#same.pin !== pinKey(pin)) this.#same = { pin: pinKey(pin), sums: new Map() };
    return this.#same.sums;
  }

  async #atPin(tables: readonly TableName[], pin: Pin, lanes: number): Promise<Sums> {
    const sums = this.#atPins.get(pinKey(pin)) ?? new Map<TableKey, string>();
    keepNewest(this.#atPins, pinKey(pin), sums, REMEMBERED);
    const open = tables.filter((table) => !sums.has(tableKey(table)));
    await forEachConcurrently(batches(open), lanes, async (batch) => {
      for (const [key, sum] of await this.#ask(batch, pin)) sums.set(key, sum);
    });
    return sums;
  }

  async #ask(tables: readonly TableName[], pin: Pin | undefined): Promise<ReadonlyMap<TableKey, string>> {
    const asked = tables.filter((table) => !this.#large.has(tableKey(table)));
    if (asked.length === 0 || this.#unable) return new Map();
    try {
      const sums = await this.#use(pin === undefined ? [] : [pin], (connection) => rowIdSums(connection, asked, pin));
      for (const [key, sum] of sums) if (sum === LARGE) this.#large.add(key);
      return sums;
    } catch (error) {
      if (!isUnsupportedByServer(error)) throw error;
      this.#unable ||= !OF_TABLES.has(failureOf(error));
      return new Map();
    }
  }
}

const isSame = (a: string | undefined, b: string | undefined): boolean => a !== undefined && a !== LARGE && a === b;

/** Groups of tables, one group per statement. */
export function* batches(tables: readonly TableName[]): Generator<readonly TableName[]> {
  for (let i = 0; i < tables.length; i += TABLES_A_STATEMENT) yield tables.slice(i, i + TABLES_A_STATEMENT);
}

/** A pin without a snapshot has a time and no name. */
const pinKey = ({ name, ts }: Pin): string => name || ts;
