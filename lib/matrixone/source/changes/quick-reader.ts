import type { Connection } from '../../../wire/connection.ts';
import type { TableSchema } from '../../../data/change.ts';
import type { Window } from '../../../data/position.ts';
import type { Changes } from '../../../data/row-block.ts';
import { estimateChanges } from './change-sample.ts';
import { type DigestedTables, DigestReader } from './digest-reader.ts';
import { withTimeout } from '../../../concurrency/with-timeout.ts';
import { killQuery, type Use } from '../../server/kill-query.ts';
import type { WholeDiff } from './whole-diff.ts';

/** Milliseconds. A diff of 2,000 changes has answered by then. A diff that has not probably has many. */
const SILENCE_MS = 50;
/** For fewer rows, an estimate is not worth its time. */
const FEWEST_ROWS = 20_000;

/** Microseconds on two cores (4.2.0). The diff looks up a row for each change except an insertion. */
const DIFF_OF_CHANGED = 10;
const DIFF_OF_INSERTED = 2;
const DIGESTS_OF_ROW = 1.7;
/** Digests must be faster by this factor. */
const ADVANTAGE = 1.1;

/** The part of the source that the reader uses. */
export interface QuicklyRead extends DigestedTables {
  readonly use: Use;
}

/**
 * Reads changes by the diff. If the diff takes long and a sample says that a large part of the table has changed, reads
 * them by digests instead. The choice depends on timing, so two readings of a window may differ in rows that have not
 * changed.
 */
export class QuickReader {
  readonly #tables: QuicklyRead;
  readonly #diff: WholeDiff;
  readonly #digests: DigestReader;

  constructor(tables: QuicklyRead, diff: WholeDiff) {
    this.#tables = tables;
    this.#diff = diff;
    this.#digests = new DigestReader(tables);
  }

  async *read(schema: TableSchema, window: Window): AsyncGenerator<Changes, void, undefined> {
    const reading: { connection?: Connection } = {};
    const diff = this.#diff.read(schema, window, (connection) => {
      reading.connection = connection;
    });
    const begun = performance.now();
    const first = diff.next();
    const answered = first.then(
      () => true,
      () => true,
    );
    if ((await withTimeout(answered, SILENCE_MS)) === true || !(await this.#isSlow(schema, window, answered, begun))) {
      yield* goOn(first, diff);
      return;
    }
    // A diff that still waits for a connection begins all the same, and is ended then.
    void first.then(() => diff.return()).catch(() => undefined);
    if (reading.connection !== undefined) await killQuery(this.#tables.use, reading.connection);
    reading.connection?.destroy();
    yield* this.#digests.read(schema, window);
  }

  /** Are digests faster than the rest of the diff? False if the diff answers before the estimate is there. */
  async #isSlow(schema: TableSchema, window: Window, answered: Promise<boolean>, begun: number): Promise<boolean> {
    const estimated = estimateChanges(this.#tables.use, schema, window).then(
      ({ rows, changed, inserted }) => {
        if (rows < FEWEST_ROWS) return false;
        const left = DIFF_OF_CHANGED * changed + DIFF_OF_INSERTED * inserted - 1_000 * (performance.now() - begun);
        return left > ADVANTAGE * DIGESTS_OF_ROW * rows;
      },
      // The server may be unable to pack a type. The diff reports any other error.
      () => false,
    );
    return await Promise.race([estimated, answered.then(() => false)]);
  }
}

async function* goOn<T>(
  first: Promise<IteratorResult<T, void>>,
  rest: AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  try {
    const { value, done } = await first;
    if (done === true) return;
    yield value;
    yield* rest;
  } finally {
    await rest.return();
  }
}
