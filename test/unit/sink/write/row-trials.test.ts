import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import type { Change } from '../../../../lib/data/change.ts';
import { quoteText } from '../../../../lib/sql/literal.ts';
import { RowTrials } from '../../../../lib/sink/write/row-trials.ts';
import { memorySchema } from '../../../support/memory-source.ts';

const NAME = { database: 'copy', table: 'a' };
const BAD = 'bad value';
const NEVER = Infinity;

const changeOf = (id: number, value: string): Change => ({
  deleted: false,
  row: [Buffer.from(String(id)), Buffer.from(value)],
});

/** A session of a sink that refuses a value; what it was told. `during`: runs before each answer. */
class Session {
  readonly told: string[] = [];
  alive = true;
  readonly #during: (sql: string) => void;

  constructor(during: (sql: string) => void = () => undefined) {
    this.#during = during;
  }

  query(sql: string): Promise<unknown> {
    this.told.push(sql);
    this.#during(sql);
    if (sql.startsWith('insert') && sql.includes(BAD)) return Promise.reject(new CdcError('SINK_ROW_REJECTED', 'No.'));
    return Promise.resolve();
  }

  find(changes: AsyncIterable<Change[]>, hasUniqueKeys = false, until = NEVER): Promise<string | undefined> {
    const table = { name: NAME, schema: memorySchema(NAME, { hasUniqueKeys }) };
    const writing = { literalOf: () => (value: Buffer | null) => (value === null ? 'null' : quoteText(String(value))) };
    return new RowTrials(this, { table, writing, code: 'SINK_ROW_REJECTED' }, until).find(changes);
  }

  /** True when everything that was written was taken back, and nothing can have been committed. */
  get leavesNothing(): boolean {
    const ends = this.told.filter((sql) => sql === 'begin' || sql === 'rollback');
    const inTurn = ends.every((sql, i) => sql === (i % 2 === 0 ? 'begin' : 'rollback'));
    const [settings] = this.told;
    return inTurn && ends.length % 2 === 0 && settings === 'set autocommit = 0' && !this.told.includes('commit');
  }
}

const inParts = (changes: readonly Change[], most: number): AsyncIterable<Change[]> => ({
  async *[Symbol.asyncIterator]() {
    for (let i = 0; i < changes.length; i += most) yield await Promise.resolve(changes.slice(i, i + most));
  },
});

describe('the look for a refused row', () => {
  it('finds the first one with few statements, and takes everything back', async () => {
    const sizes = { count: fc.integer({ min: 1, max: 4_000 }), part: fc.integer({ min: 100, max: 3_000 }) };
    const bad = fc.uniqueArray(fc.nat({ max: 4_500 }), { maxLength: 3 });
    const property = fc.asyncProperty(fc.record(sizes), bad, fc.boolean(), async ({ count, part }, ids, unique) => {
      const changes = Array.from({ length: count }, (_, id) => changeOf(id, ids.includes(id) ? BAD : 'good'));
      const session = new Session();
      const said = await session.find(inParts(changes, part), unique);
      const first = ids.filter((id) => id < count).sort((a, b) => a - b)[0];
      expect(said).toBe(first === undefined ? undefined : `It refused the row id=${first} of copy.a for its column v.`);
      expect(session.leavesNothing).toBe(true);
      const portions = Math.ceil(count / part) * Math.ceil(part / 1_000);
      expect(session.told.length).toBeLessThan(6 * portions + 60);
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it('takes everything back as well when time is up, or when the sink fails otherwise, at any statement', async () => {
    const property = fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.boolean(), async (at, unique) => {
      const changes = Array.from({ length: 3_000 }, (_, id) => changeOf(id, id === 2_345 ? BAD : 'good'));
      let statements = 0;
      const session = new Session((sql) => {
        statements += 1;
        if (statements === at && sql !== 'rollback') throw new CdcError('SINK_LOCKED', 'Somebody has it locked.');
      });
      await session.find(inParts(changes, 500), unique).catch(() => undefined);
      // A BEGIN that was not answered with a success began nothing.
      if (session.told.at(-1) === 'begin') session.told.pop();
      expect(session.leavesNothing || session.told.length === 1).toBe(true);
    });
    await fc.assert(property, { numRuns: 60 });
    const late = new Session();
    await expect(late.find(inParts([changeOf(1, BAD)], 1), true, performance.now() - 1)).rejects.toMatchObject({
      code: 'SINK_TIMEOUT',
    });
    expect(late.told).toEqual([]);
  });

  it('ends, and gives its locks back, when the changes do not come in time', async () => {
    const session = new Session();
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
    const look = session.find(silent, true, performance.now() + 100);
    await expect(look).rejects.toMatchObject({ code: 'SINK_TIMEOUT' });
    expect(session.told).toEqual(['set autocommit = 0', 'begin', 'rollback']);
  });
});
