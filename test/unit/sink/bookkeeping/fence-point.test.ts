import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pinName, pinPrefix, position } from '../../../../lib/data/position.ts';
import { decodeFencePoint, encodeFencePoint } from '../../../../lib/sink/bookkeeping/fence-point.ts';

/** The room of the column, in characters. */
const ROOM = 64;

test('a point is read as it was written, and has room in the column', () => {
  const id = randomUUID();
  const counter = fc.integer({ min: 0, max: 2 ** 31 });
  const name = fc.oneof(
    fc.constant(''),
    fc.tuple(counter, counter).map(([epoch, sequence]) => pinName(id, epoch, sequence)),
  );
  const ts = fc
    .tuple(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), fc.option(fc.integer({ min: 0, max: 99 })))
    .map(([time, logical]) => position(logical === null ? `${time}` : `${time}-${logical}`));
  fc.assert(
    fc.property(name, ts, counter, (pin, at, saves) => {
      const point = { checkpoint: { name: pin, ts: at }, saves };
      const text = encodeFencePoint(point, pinPrefix(id));
      expect(text.length).toBeLessThanOrEqual(ROOM);
      expect(decodeFencePoint(text, pinPrefix(id))).toEqual(point);
    }),
  );
});

test.each(['', '1795472299911542797', '1795472299911542797-1', 'null'])(
  'there is none in the text of a first version (%s)',
  (text) => {
    expect(decodeFencePoint(text, 'mo_cdc_a_')).toBeUndefined();
  },
);

test('a window cannot end at a pin of somebody else', () => {
  const point = { checkpoint: { name: 'daily_backup', ts: position('5') }, saves: 1 };
  expect(() => encodeFencePoint(point, 'mo_cdc_a_')).toThrow('daily_backup');
});
