import type { CdcError } from '../../../errors.ts';
import type { TableSchema } from '../../../data/change.ts';
import type { Pin, Window } from '../../../data/position.ts';
import type { Changes } from '../../../data/row-block.ts';
import type { ReadChanges, Reading } from '../../../replication/endpoints/source.ts';
import type { KnownSchemas } from '../catalog/known-schemas.ts';
import type { BoundedLook } from '../poll/bounded-look.ts';
import type { AskedTable, ChangeReader } from './change-reader.ts';
import { tableChanged } from './diff-rows.ts';
import type { QuickReader } from './quick-reader.ts';
import { isUnreadable, unreadable } from './unreadable-diff.ts';
import type { WholeDiff } from './whole-diff.ts';

interface DiffReaderParts {
  readonly look: BoundedLook;
  readonly schemas: KnownSchemas;
  readonly steady: WholeDiff;
  readonly quick: QuickReader;
  /** Reads a table whose diff the server cannot compute. */
  readonly otherwise: ChangeReader;
}

/** Reads changes by `data branch diff`. */
export class DiffReader implements ChangeReader {
  readonly #parts: DiffReaderParts;

  constructor(parts: DiffReaderParts) {
    this.#parts = parts;
  }

  changedSince({ name }: AskedTable, since: Pin): Promise<boolean> {
    return this.#parts.look.changed([since], (connection) => tableChanged(connection, name, since));
  }

  async countChanges(table: AskedTable, window: Window): Promise<number> {
    const counted = await this.#parts.steady.count(table.name, window);
    if (counted !== undefined) return counted;
    // A comparison would not say more: an earlier worker may have written rows by what the diff said at that time.
    await this.#parts.schemas.refuseOther(await table.schema(), window);
    return 1;
  }

  async *readChanges(
    schema: TableSchema,
    window: Window,
    how: Required<ReadChanges>,
  ): AsyncGenerator<Changes, void, undefined> {
    const error = yield* this.#byDiff(schema, window, how.reading);
    if (error === undefined) return;
    how.compared(error);
    yield* this.#parts.otherwise.readChanges(schema, window, how);
  }

  /**
   * Returns why there is no diff. If a part of the diff was handed out, or will be read again, no other reader may go on:
   * then it throws CHANGES_UNREADABLE.
   */
  async *#byDiff(
    schema: TableSchema,
    window: Window,
    reading: Reading,
  ): AsyncGenerator<Changes, CdcError | undefined, undefined> {
    const diff = (reading === 'quick' ? this.#parts.quick : this.#parts.steady).read(schema, window);
    let begun = false;
    // The last batch waits until the diff is known to be whole. So a diff of one batch can still be replaced.
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
}
