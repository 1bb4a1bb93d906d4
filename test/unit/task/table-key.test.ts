import { expect, it } from 'vitest';
import { type TableKey, tableEntriesOf, tableKey, tableKeysOf } from '../../../lib/task/task.ts';

const rows: Readonly<Record<TableKey, number>> = {
  [tableKey({ database: 'shop', table: 'orders' })]: 3,
  [tableKey({ database: 'shop', table: 'items' })]: 7,
};

it('is found by the name of its table', () => {
  expect(rows[tableKey({ database: 'shop', table: 'items' })]).toBe(7);
  expect(tableKeysOf(rows)).toEqual(['shop.orders', 'shop.items']);
  expect(tableEntriesOf(rows)).toEqual([
    ['shop.orders', 3],
    ['shop.items', 7],
  ]);
});

it('is no plain text', () => {
  const known = new Set(tableKeysOf(rows));
  // @ts-expect-error: a plain string.
  expect(known.has('shop.orders')).toBe(true);
  // @ts-expect-error: a plain string.
  expect(rows['shop.orders']).toBe(3);
});
