import type { Connection } from '../../../wire/connection.ts';
import type { TableSchema } from '../../../data/change.ts';
import type { Window } from '../../../data/position.ts';
import type { Changes } from '../../../data/row-block.ts';
import { estimateChanges } from './change-sample.ts';
import { type DigestedTables, DigestReader } from './digest-reader.ts';
import { withTimeout } from '../../../concurrency/with-timeout.ts';
import { killQuery, type Use } from '../../server/kill-query.ts';
import type { WholeDiff } from './whole-diff.ts';

/** Milliseconds after which a diff that has said nothing is likely to be one of many changes: of 2,000 it is done. */
const SILENCE_MS = 50;
/** Fewer rows are not worth the second look. */
const FEWEST_ROWS = 20_000;

/** Microseconds on two cores (4.2.0). What is only inserted costs a diff little; for any other change it looks up a row. */
const DIFF_OF_CHANGED = 10;
const DIFF_OF_INSERTED = 2;
const DIGESTS_OF_ROW = 1.7;
/** How much quicker digests have to be. */
const ADVANTAGE = 1.1;

/** What the reader needs of its source. */
export interface QuicklyRead extends DigestedTables {
  readonly use: Use;
}

/**
 * Reads changes by the diff, or, where that takes long and a sample says that a large part of the table has changed, by
 * digests. Which of them is a matter of time: two readings of a window may differ in rows that have not changed.
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
    // A diff that had no session yet begins all the same, and is ended then.
    void first.then(() => diff.return()).catch(() => undefined);
    if (reading.connection !== undefined) await killQuery(this.#tables.use, reading.connection);
    reading.connection?.destroy();
    yield* this.#digests.read(schema, window);
  }

  /** Are digests so much quicker than the rest of the diff? Not if the diff answers before that is known. */
  async #isSlow(schema: TableSchema, window: Window, answered: Promise<boolean>, begun: number): Promise<boolean> {
    const estimated = estimateChanges(this.#tables.use, schema, window).then(
      ({ rows, changed, inserted }) => {
        if (rows < FEWEST_ROWS) return false;
        const left = DIFF_OF_CHANGED * changed + DIFF_OF_INSERTED * inserted - 1_000 * (performance.now() - begun);
        return left > ADVANTAGE * DIGESTS_OF_ROW * rows;
      },
      // Not every type can be packed; and whatever else is wrong, the diff will say.
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
