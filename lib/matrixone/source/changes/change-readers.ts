import { sameRows, type TableSchema } from '../../../data/change.ts';
import type { Pin, Window } from '../../../data/position.ts';
import type { Changes } from '../../../data/row-block.ts';
import type { ReadChanges, Reading } from '../../../replication/endpoints/source.ts';
import { CdcError } from '../../../errors.ts';
import { tableKey, type TableName, type TaskOptions } from '../../../task/task.ts';
import { BoundedLook } from '../poll/bounded-look.ts';
import { type ComparedTables, ComparisonReader } from './comparison-reader.ts';
import { countChanges, tableChanged } from './diff-reader.ts';
import type { KnownSchemas } from '../catalog/known-schemas.ts';
import { QuickReader } from './quick-reader.ts';
import { ReaderChooser } from './reader-choice.ts';
import { RowCounts } from '../rows/row-counts.ts';
import { isUnreadable, unreadable } from './unreadable-diff.ts';
import { type Streaming, WholeDiff } from './whole-diff.ts';

/** The part of the source that the readers use. */
export interface ReadTables extends ComparedTables {
  readonly schemas: KnownSchemas;
  readonly streaming: Streaming;
}

/**
 * Reads changes by `data branch diff` or by comparison, as the task's option says. With `auto`, it chooses for each
 * table: the diff if the server has it and it is exact for the table's key, else comparison. Whatever the option, it
 * compares a table whose diff the server cannot compute.
 */
export class ChangeReaders {
  readonly #setting: TaskOptions['changeReader'];
  readonly #tables: ReadTables;
  readonly #chooser: ReaderChooser;
  readonly #comparison: ComparisonReader;
  readonly #quick: QuickReader;
  readonly #look: BoundedLook;
  readonly #counts: RowCounts;
  readonly #diff: WholeDiff;

  constructor(setting: TaskOptions['changeReader'], tables: ReadTables) {
    this.#setting = setting;
    this.#tables = tables;
    this.#chooser = new ReaderChooser(setting, (pins, work) => tables.use(pins, work));
    this.#comparison = new ComparisonReader(tables);
    this.#counts = new RowCounts((pins, work) => tables.use(pins, work));
    this.#diff = new WholeDiff(tables.streaming, this.#counts);
    this.#quick = new QuickReader(tables, this.#diff);
    this.#look = new BoundedLook((pins, work) => tables.use(pins, work));
  }

  async changedSince(table: TableName, since: Pin): Promise<boolean> {
    if (this.#setting !== 'diff') {
      const schema = await this.#tables.schemas.at(table, since);
      const choice = await this.#chooser.choose(schema, [since]);
      if (choice === 'compare') return this.#comparison.changedSince(schema, since);
    }
    return this.#look.changed([since], (connection) => tableChanged(connection, table, since));
  }

  async countChanges(table: TableName, window: Window): Promise<number> {
    const pins = [window.after, window.until];
    if (this.#setting === 'diff') return (await this.#counted(table, window)) ?? (await this.#unknown(table, window));
    const schema = await this.#tables.schemas.at(table, window.until);
    const choice = await this.#chooser.choose(schema, pins);
    if (choice === 'diff') return (await this.#counted(table, window)) ?? (await this.#unknown(table, window));
    await this.#refuseOther(schema, window);
    if (choice === 'probe' && (await this.#counted(table, window)) === 0) return 0;
    return (await this.#comparison.hasChanges(schema, window)) ? 1 : 0;
  }

  async *readChanges(
    schema: TableSchema,
    window: Window,
    { reading, compared }: Required<ReadChanges>,
  ): AsyncGenerator<Changes, void, undefined> {
    const pins = [window.after, window.until];
    const choice = reading === 'compared' ? 'compare' : await this.#chooser.choose(schema, pins);
    if (choice === 'diff') {
      const error = yield* this.#byDiff(schema, window, reading);
      if (error === undefined) return;
      compared(error);
    }
    if (choice === 'probe' && (await this.#counted(schema.table, window)) === 0) return;
    yield* this.#comparison.readChanges(schema, window);
  }

  /**
   * Returns the error if there is no diff. Throws it if a part of the diff was passed on already, or if the caller must
   * be able to read the same changes again: a comparison would then come too late.
   */
  async *#byDiff(
    schema: TableSchema,
    window: Window,
    reading: Reading,
  ): AsyncGenerator<Changes, CdcError | undefined, undefined> {
    const diff = (reading === 'quick' ? this.#quick : this.#diff).read(schema, window);
    let begun = false;
    // The last batch is held until the diff is known to be whole. If that is the only batch, a comparison can replace
    // it.
    let last: Changes | undefined;
    try {
      for await (const changes of diff) {
        if (last !== undefined) {
          begun = true;
          yield last;
        }
        last = changes;
      }
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      if (begun || reading !== 'quick') throw unreadable(schema.table, error);
      return error;
    }
    if (last !== undefined) yield last;
    return undefined;
  }

  /**
   * Returns 1 (changed) if the diff cannot be computed. Comparing does not help: an earlier worker may have written
   * what the diff said at the time.
   */
  async #unknown(table: TableName, window: Window): Promise<number> {
    await this.#refuseOther(await this.#tables.schemas.at(table, window.until), window);
    return 1;
  }

  async #refuseOther(schema: TableSchema, window: Window): Promise<void> {
    if (sameRows(await this.#tables.schemas.at(schema.table, window.after), schema)) return;
    throw new CdcError(
      'SCHEMA_CHANGED',
      `The table ${tableKey(schema.table)} is not the same at both ends of a window.`,
    );
  }

  /**
   * Counts by the diff; undefined if the server cannot compute it. A count of 0 is wrong if the number of rows has
   * changed.
   */
  async #counted(table: TableName, window: Window): Promise<number | undefined> {
    try {
      const pins = [window.after, window.until];
      const counted = await this.#tables.use(pins, (connection) => countChanges(connection, table, window));
      return counted === 0 && (await this.#counts.growth(table, window)) !== 0 ? undefined : counted;
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw error;
    }
  }
}
