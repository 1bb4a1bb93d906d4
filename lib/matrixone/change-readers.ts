import type { Session } from '../mysql/session.ts';
import { sameRows, type TableSchema } from '../replication/change.ts';
import type { Pin, Window } from '../replication/position.ts';
import type { Changes } from '../replication/row-block.ts';
import type { Reading } from '../replication/source.ts';
import { CdcError } from '../errors.ts';
import { tableKey, type TableName, type TaskOptions } from '../task/task.ts';
import { BoundedLook } from './bounded-look.ts';
import { type ComparedTables, ComparisonReader } from './comparison-reader.ts';
import { countChanges, readChanges, tableChanged } from './diff-reader.ts';
import type { KnownSchemas } from './known-schemas.ts';
import { QuickReader } from './quick-reader.ts';
import { ReaderChooser } from './reader-choice.ts';

/** What the readers need of their source. */
export interface ReadTables extends ComparedTables {
  readonly schemas: KnownSchemas;
  /** Streams from a session of its own at these pins. */
  streaming<T>(
    pins: readonly Pin[],
    open: (session: Session) => AsyncGenerator<T, void, undefined>,
  ): AsyncGenerator<T, void, undefined>;
}

/**
 * Reads changes by `data branch diff` or by comparison, as the task's option says; with `auto` a table at a time: by the
 * diff where the server has it and it is exact for the table's key, by comparison otherwise.
 */
export class ChangeReaders {
  readonly #setting: TaskOptions['changeReader'];
  readonly #tables: ReadTables;
  readonly #chooser: ReaderChooser;
  readonly #comparison: ComparisonReader;
  readonly #quick: QuickReader;
  readonly #look: BoundedLook;

  constructor(setting: TaskOptions['changeReader'], tables: ReadTables) {
    this.#setting = setting;
    this.#tables = tables;
    this.#chooser = new ReaderChooser(setting, (pins, work) => tables.use(pins, work));
    this.#comparison = new ComparisonReader(tables);
    this.#quick = new QuickReader(tables);
    this.#look = new BoundedLook((pins, work) => tables.use(pins, work));
  }

  async changedSince(table: TableName, since: Pin): Promise<boolean> {
    if (this.#setting !== 'diff') {
      const schema = await this.#tables.schemas.at(table, since);
      const choice = await this.#chooser.choose(schema, [since]);
      if (choice === 'compare') return this.#comparison.changedSince(schema, since);
    }
    return this.#look.changed([since], (session) => tableChanged(session, table, since));
  }

  async countChanges(table: TableName, window: Window): Promise<number> {
    const pins = [window.after, window.until];
    const count = (): Promise<number> => this.#tables.use(pins, (session) => countChanges(session, table, window));
    if (this.#setting === 'diff') return count();
    const schema = await this.#tables.schemas.at(table, window.until);
    const choice = await this.#chooser.choose(schema, pins);
    if (choice === 'diff') return count();
    if (!sameRows(await this.#tables.schemas.at(table, window.after), schema)) {
      throw new CdcError('SCHEMA_CHANGED', `The table ${tableKey(table)} is not the same at both ends of a window.`);
    }
    if (choice === 'probe' && (await count()) === 0) return 0;
    return (await this.#comparison.hasChanges(schema, window)) ? 1 : 0;
  }

  async *readChanges(schema: TableSchema, window: Window, reading: Reading): AsyncGenerator<Changes, void, undefined> {
    const pins = [window.after, window.until];
    const choice = await this.#chooser.choose(schema, pins);
    const { table } = schema;
    const count = (): Promise<number> => this.#tables.use(pins, (session) => countChanges(session, table, window));
    if (choice === 'probe' && (await count()) === 0) return;
    if (choice !== 'diff') yield* this.#comparison.readChanges(schema, window);
    else if (reading === 'quick') yield* this.#quick.read(schema, window);
    else yield* this.#tables.streaming(pins, (session) => readChanges(session, schema, window));
  }
}
