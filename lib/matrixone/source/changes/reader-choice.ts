import { quoteName } from '../../../sql/identifier.ts';
import type { TableSchema } from '../../../data/change.ts';
import type { Pin } from '../../../data/position.ts';
import type { TaskOptions } from '../../../task/task.ts';
import { hasBranchDiff } from './branch-diff.ts';
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
export class ReaderChooser {
  readonly #setting: TaskOptions['changeReader'];
  readonly #use: Use;
  /**
   * Whether a table had keys for which the diff fails, by table and pin. Keeps the pins that were asked about last.
   */
  readonly #wide = new Map<string, boolean>();
  #hasDiff: Promise<boolean> | undefined;

  /** `use` lends a connection for reading at pins. */
  constructor(setting: TaskOptions['changeReader'], use: Use) {
    this.#setting = setting;
    this.#use = use;
  }

  async choose(schema: TableSchema, pins: readonly Pin[]): Promise<ReaderChoice> {
    if (this.#setting !== 'auto') return this.#setting;
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
    this.#wide.set(key, found);
    for (const old of [...this.#wide.keys()].slice(0, -MOST_REMEMBERED)) this.#wide.delete(old);
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
