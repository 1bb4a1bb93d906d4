import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newTaskId } from '../../../lib/task/task-name.ts';

it('is a UUID of version 7 that holds its time', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), fc.nat(100_000), (seconds, millis) => {
      const now = seconds * 1000 + millis;
      const id = newTaskId(now);
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u);
      expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now);
    }),
  );
});

it('sorts by time and never repeats', () => {
  expect(newTaskId(1_700_000_000_000) < newTaskId(1_700_000_000_001)).toBe(true);
  expect(new Set(Array.from({ length: 1000 }, () => newTaskId(1))).size).toBe(1000);
});
