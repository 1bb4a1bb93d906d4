import { expect, it } from 'vitest';
import { position } from '../../../../../lib/data/position.ts';
import { KnownSchemas } from '../../../../../lib/matrixone/source/catalog/known-schemas.ts';
import { tableKey } from '../../../../../lib/task/task.ts';

const [A, B] = ['a', 'b'].map((table) => ({ database: 'd', table })) as [
  { database: string; table: string },
  { database: string; table: string },
];
const pin = (ts: number) => ({ name: `pin ${ts}`, ts: position(String(ts)) });

it('a table that is known at a pin stays in the answer, whatever pins are asked about meanwhile', async () => {
  const waiting = Promise.withResolvers<undefined>();
  const known = new KnownSchemas({
    describe: () => Promise.reject(new Error('Nobody asks.')),
    shapes: async (tables, at) => {
      if (at.name === 'pin 1' && tables.includes(B)) await waiting.promise;
      return new Map(tables.map((table) => [tableKey(table), at.name]));
    },
  });
  await known.shapes([A], pin(1));
  const both = known.shapes([A, B], pin(1));
  for (const other of [2, 3, 4, 5]) await known.shapes([A], pin(other));
  waiting.resolve(undefined);
  expect([...(await both).keys()]).toEqual(['d.a', 'd.b']);
});
