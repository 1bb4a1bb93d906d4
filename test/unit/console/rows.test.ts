import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  COLUMNS,
  countOf,
  found,
  GROUPS,
  type Row,
  sorted,
  tablesInTrouble,
} from '../../../lib/console/page/overview/rows.ts';
import { summary } from '../../support/console/fake-api.ts';
import { sampleTasks } from '../../support/console/sample-tasks.ts';

const rows: readonly Row[] = sampleTasks(Date.UTC(2026, 1, 1)).map((view, at) => ({
  task: { ...summary(view), tables: { count: 2, phases: { setAside: at % 2 } } },
  rate: at % 3 === 0 ? null : at,
}));
const names = (of: readonly Row[]): string[] => of.map(({ task }) => task.name);

it('sorting keeps every row, and unknown values stand last in both directions', () => {
  const sorts = fc.record({ column: fc.constantFrom(...COLUMNS), isDown: fc.boolean() });
  fc.assert(
    fc.property(sorts, fc.shuffledSubarray([...rows]), (sort, some) => {
      const result = sorted(some, sort);
      expect(names(result).sort()).toEqual(names(some).sort());
      if (sort.column === 'rate') {
        const known = result.map(({ rate }) => rate !== null);
        expect(known).toEqual(known.toSorted((a, b) => Number(b) - Number(a)));
      }
      // The order does not depend on what was there before.
      expect(names(sorted(some.toReversed(), sort))).toEqual(names(result));
    }),
  );
});

it('counts as many of a group as it finds', () => {
  for (const group of GROUPS) expect(found(rows, group, '')).toHaveLength(countOf(group, rows));
  expect(names(found(rows, 'rest', ''))).toEqual(['archive', 'migration-2025']);
  expect(names(found(rows, 'all', 'SINK_locked click'))).toEqual(['clickstream']);
});

it('counts the tables that were set aside and the one with the error', () => {
  expect(rows.map(({ task }) => tablesInTrouble(task))).toEqual([0, 1, 0, 1, 1, 1, 0, 1]);
});
