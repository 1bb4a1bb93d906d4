import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Spread } from '../../bench/sides/changed-rows.ts';

const CONDITION = /^\(id \* cast\((?<factor>\d+) as signed\)\) % (?<rows>\d+) < (?<below>\d+)$/u;

/** The keys that the condition picks, as a server finds them. */
function picked({ where }: Spread): number[] {
  const { factor, rows, below } = CONDITION.exec(where)?.groups ?? expect.fail(where);
  const keys = Array.from({ length: Number(rows) }, (_, id) => id);
  return keys.filter((id) => (id * Number(factor)) % Number(rows) < Number(below));
}

it('changes exactly as many rows as it says, and looks at some of them', () => {
  const sizes = fc
    .integer({ min: 1, max: 2_000 })
    .chain((rows) => fc.tuple(fc.constant(rows), fc.integer({ min: 1, max: rows })));
  fc.assert(
    fc.property(sizes, ([rows, changes]) => {
      const spread = new Spread(rows, changes);
      const keys = picked(spread);
      expect(keys).toHaveLength(changes);
      expect(spread.some).toStrictEqual([keys[0], keys[(changes - 1) >> 1], keys.at(-1)]);
    }),
  );
});
