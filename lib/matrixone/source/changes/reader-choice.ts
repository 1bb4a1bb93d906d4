import { keepNewest } from '../../../keep-newest.ts';
import { driverError } from '../../../wire/failure.ts';
import type { Connection } from '../../../wire/connection.ts';
import { CdcError } from '../../../errors.ts';
import { quoteName } from '../../../sql/identifier.ts';
import type { TableSchema } from '../../../data/change.ts';
import type { Pin } from '../../../data/position.ts';
import type { TaskOptions } from '../../../task/task.ts';
import type { Use } from '../../server/kill-query.ts';
import { atPin } from '../history/pins.ts';
import { halfSeenColumns, type KeyedTable, lossyColumns, wideColumns } from '../../definition/table-rules.ts';

/**
 * `diff` and `compare` are those of the task's option. `probe`: the diff tells only whether there is anything to
 * compare. Its rows are of no use: without a primary key the diff uses a hidden one, and an UPDATE does not show the
 * old key.
 */
export type ReaderChoice = 'diff' | 'compare' | 'probe';

/** Chooses the reader of a table's changes between pins. */
export class ReaderChooser<Reader> {
  readonly #setting: TaskOptions['changeReader'];
  readonly #use: Use;
  readonly #readers: Readonly<Record<ReaderChoice, Reader>>;
  /** Whether a table had keys for which the diff fails, by table and pin. Keeps the pins that were asked about last. */
  readonly #wide = new Map<string, boolean>();
  #hasDiff: Promise<boolean> | undefined;

  /** `use` lends a connection for reading at pins. */
  constructor(setting: TaskOptions['changeReader'], use: Use, readers: Readonly<Record<ReaderChoice, Reader>>) {
    this.#setting = setting;
    this.#use = use;
    this.#readers = readers;
  }

  /** The reader of a table at these pins. `schemaOf` is asked only where the task leaves the choice to us. */
  async choose(schemaOf: () => Promise<TableSchema>, pins: readonly Pin[]): Promise<Reader> {
    return this.#readers[this.#setting === 'auto' ? await this.#choice(await schemaOf(), pins) : this.#setting];
  }

  async #choice(schema: TableSchema, pins: readonly Pin[]): Promise<ReaderChoice> {
    const table = keyed(schema);
    if (isMisread(table) || !(await this.#probed())) return 'compare';
    if (!schema.hasPrimaryKey) return 'probe';
    const wide = wideColumns(table).map(({ name }) => name);
    for (const pin of wide.length === 0 ? [] : pins) if (await this.#hasWide(schema, wide, pin)) return 'compare';
    return 'diff';
  }

  /** Probes the server once a run. A failed probe is tried again. */
  #probed(): Promise<boolean> {
    this.#hasDiff ??= this.#use([], hasBranchDiff).catch((error: unknown) => {
      this.#hasDiff = undefined;
      throw error;
    });
    return this.#hasDiff;
  }

  async #hasWide(schema: TableSchema, columns: readonly string[], pin: Pin): Promise<boolean> {
    const key = JSON.stringify([schema.table, schema.id, pin.name, pin.ts]);
    const known = this.#wide.get(key);
    if (known !== undefined) return known;
    const condition = columns.map((name) => `${quoteName(name)} > 9223372036854775807`).join(' or ');
    const sql = `select 1 from ${atPin(schema.table, pin)} where ${condition} limit 1`;
    const found = await this.#use([pin], async (connection) => (await connection.query(sql)).rows.length > 0);
    keepNewest(this.#wide, key, found, MOST_REMEMBERED);
    return found;
  }
}

const keyed = ({ columns, key, hasPrimaryKey, details }: TableSchema): KeyedTable => ({
  columns,
  primaryKey: hasPrimaryKey ? key : [],
  indexes: details.indexes,
});

const isMisread = (table: KeyedTable): boolean => lossyColumns(table).length + halfSeenColumns(table).length > 0;

const MOST_REMEMBERED = 4_000;

/** The number of a syntax error and also of a missing table: only the text differs. */
const PARSE_ERROR = 1064;
const PROBE = 'data branch diff `mo_cdc_no_such_database`.`t` against `mo_cdc_no_such_database`.`t` output count';

/** Does the server know the statement? If so, it reports a missing table. If not, it reports a syntax error. */
async function hasBranchDiff(connection: Connection): Promise<boolean> {
  try {
    await connection.query(PROBE);
    return true;
  } catch (error) {
    const { errno, message } = driverError(
      error instanceof CdcError && error.cause !== undefined ? error.cause : error,
    );
    if (errno === 0) throw error;
    return !(errno === PARSE_ERROR && /syntax/iu.test(message) && !/does not exist/iu.test(message));
  }
}
