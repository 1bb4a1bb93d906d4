import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTime } from '../../../lib/task/point-in-time.ts';

describe('parseTime', () => {
  it.each([
    ['2025-03-28 15:01:44', '2025-03-28T15:01:44.000Z'],
    ['2025-03-28T15:01:44Z', '2025-03-28T15:01:44.000Z'],
    ['2025-03-28T15:01:44z', '2025-03-28T15:01:44.000Z'],
    ['2025-03-28 15:01:44+08:00', '2025-03-28T07:01:44.000Z'],
    ['2025-03-28 15:01:44 -05:30', '2025-03-28T20:31:44.000Z'],
    [' 2024-02-29 00:00:00.5 ', '2024-02-29T00:00:00.500Z'],
    // Never before what is meant.
    ['2025-03-28T15:01:44.000000001Z', '2025-03-28T15:01:44.001Z'],
  ])('reads %s', (text, expected) => {
    expect(new Date(parseTime(text) ?? Number.NaN).toISOString()).toBe(expected);
  });

  it.each([
    '',
    'now',
    '2025-03-28',
    '2025-3-28 15:01:44',
    '2025-02-30 00:00:00',
    '2025-02-28 24:00:00',
    '2025-02-28 23:60:00',
    '2025-02-28T23:59:59 PST',
    '2025-02-28T23:59:59+99:00',
    '1743147704',
  ])('refuses %j', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  it('reads back any moment', () => {
    const moments = fc.date({ min: new Date(0), max: new Date('2262-01-01'), noInvalidDate: true });
    fc.assert(fc.property(moments, (date) => parseTime(date.toISOString()) === date.getTime()));
  });
});
