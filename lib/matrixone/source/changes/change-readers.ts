import type { TableSchema } from '../../../data/change.ts';
import type { Pin, Window } from '../../../data/position.ts';
import type { Changes } from '../../../data/row-block.ts';
import type { ReadChanges } from '../../../replication/endpoints/source.ts';
import type { TableName, TaskOptions } from '../../../task/task.ts';
import type { KnownSchemas } from '../catalog/known-schemas.ts';
import { BoundedLook } from '../poll/bounded-look.ts';
import { RowCounts } from '../rows/row-counts.ts';
import type { AskedTable, ChangeReader } from './change-reader.ts';
import { type ComparedTables, ComparisonReader } from './comparison-reader.ts';
import { DiffReader } from './diff-reader.ts';
import { ProbeReader } from './probe-reader.ts';
import { QuickReader } from './quick-reader.ts';
import { ReaderChooser } from './reader-choice.ts';
import { type Streaming, WholeDiff } from './whole-diff.ts';

/** What the readers need of their source. */
export interface ReadTables extends ComparedTables {
  readonly schemas: KnownSchemas;
  readonly streaming: Streaming;
}

/** The readers of a task, each table's chosen by the task's option `changeReader` (reader-choice.ts). */
export class ChangeReaders {
  readonly #schemas: KnownSchemas;
  readonly #chooser: ReaderChooser<ChangeReader>;
  readonly #comparison: ChangeReader;

  constructor(setting: TaskOptions['changeReader'], tables: ReadTables) {
    const { schemas, streaming } = tables;
    const use: ReadTables['use'] = (pins, work) => tables.use(pins, work);
    const counts = new RowCounts(use);
    const steady = new WholeDiff(use, streaming, counts);
    const quick = new QuickReader(tables, steady);
    const comparison = new ComparisonReader(tables);
    const diff = new DiffReader({ look: new BoundedLook(use), schemas, steady, quick, otherwise: comparison });
    const probe = new ProbeReader(schemas, steady, diff, comparison);
    this.#schemas = schemas;
    this.#comparison = comparison;
    this.#chooser = new ReaderChooser<ChangeReader>(setting, use, { diff, compare: comparison, probe });
  }

  async changedSince(name: TableName, since: Pin): Promise<boolean> {
    const table = this.#asked(name, since);
    const reader = await this.#chooser.choose(() => table.schema(), [since]);
    return reader.changedSince(table, since);
  }

  async countChanges(name: TableName, window: Window): Promise<number> {
    const table = this.#asked(name, window.until);
    const reader = await this.#chooser.choose(() => table.schema(), [window.after, window.until]);
    return reader.countChanges(table, window);
  }

  async *readChanges(
    schema: TableSchema,
    window: Window,
    how: Required<ReadChanges>,
  ): AsyncGenerator<Changes, void, undefined> {
    const chosen = (): Promise<ChangeReader> =>
      this.#chooser.choose(() => Promise.resolve(schema), [window.after, window.until]);
    const reader = how.reading === 'compared' ? this.#comparison : await chosen();
    yield* reader.readChanges(schema, window, how);
  }

  #asked(name: TableName, at: Pin): AskedTable {
    return { name, schema: () => this.#schemas.at(name, at) };
  }
}
