import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isPosition, position, positionAt, positionMillis } from '../../../lib/data/position.ts';

const NANOS = fc.bigInt({ min: 0n, max: 2n ** 64n });

it('every time of the source is a position, with a logical part or without', () => {
  fc.assert(
    fc.property(NANOS, fc.option(fc.nat()), (nanos, logical) => {
      const text = logical === null ? String(nanos) : `${nanos}-${logical}`;
      expect(position(text)).toBe(text);
      expect(positionMillis(position(text))).toBe(Number(nanos / 1_000_000n));
    }),
  );
});

it('a time of day is the position of its milliseconds', () => {
  fc.assert(
    fc.property(fc.nat(4_102_444_800_000), (millis) => {
      expect(isPosition(positionAt(millis))).toBe(true);
      expect(positionMillis(positionAt(millis))).toBe(millis);
    }),
  );
});

it.each(['', 'soon', '1.5', '1-', '-1', '1-2-3', ' 1', '1\n', '0x10', '2025-03-28 15:00:00'])(
  '%j is none, and the source is to blame',
  (text) => {
    expect(isPosition(text)).toBe(false);
    expect(() => position(text)).toThrow(expect.objectContaining({ code: 'SOURCE_ANSWER', retry: true }));
  },
);

it('no text is taken for a position without being looked at', () => {
  // @ts-expect-error: a plain string.
  expect(positionMillis('1000000')).toBe(1);
});
