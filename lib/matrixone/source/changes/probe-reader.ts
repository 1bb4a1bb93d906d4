import type { TableSchema } from '../../../data/change.ts';
import type { Pin, Window } from '../../../data/position.ts';
import type { Changes } from '../../../data/row-block.ts';
import type { ReadChanges } from '../../../replication/endpoints/source.ts';
import type { AskedTable, ChangeReader } from './change-reader.ts';
import type { KnownSchemas } from '../catalog/known-schemas.ts';
import type { WholeDiff } from './whole-diff.ts';

/**
 * Compares a table only if `data branch diff` says that it has changed. For tables without a primary key: their diff goes by
 * a hidden key, so an UPDATE shows no old key, and the rows of the diff are of no use.
 */
export class ProbeReader implements ChangeReader {
  readonly #schemas: KnownSchemas;
  readonly #diff: WholeDiff;
  /** Looks by the diff, too. */
  readonly #look: Pick<ChangeReader, 'changedSince'>;
  readonly #comparison: ChangeReader;

  constructor(
    schemas: KnownSchemas,
    diff: WholeDiff,
    look: Pick<ChangeReader, 'changedSince'>,
    comparison: ChangeReader,
  ) {
    this.#schemas = schemas;
    this.#diff = diff;
    this.#look = look;
    this.#comparison = comparison;
  }

  changedSince(table: AskedTable, since: Pin): Promise<boolean> {
    return this.#look.changedSince(table, since);
  }

  async countChanges(table: AskedTable, window: Window): Promise<number> {
    await this.#schemas.refuseOther(await table.schema(), window);
    if ((await this.#diff.count(table.name, window)) === 0) return 0;
    return this.#comparison.countChanges(table, window);
  }

  async *readChanges(
    schema: TableSchema,
    window: Window,
    how: Required<ReadChanges>,
  ): AsyncGenerator<Changes, void, undefined> {
    if ((await this.#diff.count(schema.table, window)) === 0) return;
    yield* this.#comparison.readChanges(schema, window, how);
  }
}
