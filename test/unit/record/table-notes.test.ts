import { expect, it } from 'vitest';
import { changeNotes, isNoted, NO_NOTES, tableNotes } from '../../../lib/record/table-notes.ts';
import { readTableKey as key } from '../../../lib/task/task.ts';

const notes = (count: number, prefix = 't') =>
  Array.from({ length: count }, (_, i) => ({ table: key(`${prefix}${String(i).padStart(3, '0')}`), reason: 'r' }));

it('name the first hundred, and count them all', () => {
  const { count, first } = tableNotes(notes(150).reverse());
  expect([count, first.length, first[0]?.table, first[99]?.table]).toEqual([150, 100, 't000', 't099']);
  expect(Buffer.byteLength(tableNotes([{ table: key('a'), reason: 'x'.repeat(1_000) }]).first[0]?.reason ?? '')).toBe(
    200,
  );
});

it('change by some that come and some that go', () => {
  const three = changeNotes(NO_NOTES, notes(3), new Set());
  expect(three.count).toBe(3);
  const changed = changeNotes(three, [{ table: key('t000'), reason: 'again' }], new Set([key('t001')]));
  expect(changed.count).toBe(2);
  expect(changed.first).toEqual([
    { table: 't000', reason: 'again' },
    { table: 't002', reason: 'r' },
  ]);
  expect([isNoted(changed, key('t000')), isNoted(changed, key('t001'))]).toEqual([true, false]);
});
