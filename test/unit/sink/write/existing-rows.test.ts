import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import type { Connection } from '../../../../lib/wire/connection.ts';
import { emptyInPortions } from '../../../../lib/sink/write/existing-rows.ts';

/** A table of so many rows. Each write of the fence is noted with the rows that it has deleted. */
function sinkOf(rows: number, fencedAfter = Infinity) {
  const written: number[] = [];
  const connection = {
    query: (sql: string) => {
      const [, portion = ''] = /^delete from `d`\.`t` limit (\d+)$/u.exec(sql) ?? [];
      const affectedRows = Math.min(rows, Number(portion));
      rows -= affectedRows;
      written.push(affectedRows);
      return Promise.resolve({ affectedRows });
    },
  } as unknown as Connection;
  return {
    written,
    left: () => rows,
    pool: { use: <T>(work: (connection: Connection) => Promise<T>) => work(connection) },
    fence: {
      write: async <T>(_connection: Connection, _step: unknown, work: () => Promise<T>) => {
        if (written.length >= fencedAfter) throw new CdcError('FENCED', 'A newer worker holds the fence.');
        return work();
      },
    },
  };
}

const T = { database: 'd', table: 't' };

it('a table is emptied in transactions of a bounded size, and by a later worker from where the last one came to', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(500), fc.integer({ min: 1, max: 60 }), fc.nat(10), async (rows, portion, dies) => {
      const first = sinkOf(rows, dies);
      const fenced = await emptyInPortions(first.pool, first.fence, T, portion).then(
        () => false,
        () => true,
      );
      expect(first.written.every((deleted) => deleted <= portion)).toBe(true);
      const second = sinkOf(first.left());
      await emptyInPortions(second.pool, second.fence, T, portion);
      expect(second.left()).toBe(0);
      // One transaction more, to see that nothing is left.
      const most = Math.floor(rows / portion) + (fenced ? 1 : 2);
      expect(first.written.length + second.written.length).toBeLessThanOrEqual(most);
    }),
  );
});
