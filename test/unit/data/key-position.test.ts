import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeKeyPosition, encodeKeyPosition } from '../../../lib/data/key-position.ts';

test('a stored position is the same position, byte for byte', () => {
  const values = fc.array(fc.uint8Array(), { minLength: 1 });
  fc.assert(
    fc.property(values, (key) => {
      const position = key.map((value) => Buffer.from(value));
      expect(decodeKeyPosition(encodeKeyPosition(position))).toEqual(position);
    }),
  );
});

test('what an earlier version has stored can be read', () => {
  expect(decodeKeyPosition('["MTA=","J1wA"]')).toEqual([Buffer.from('10'), Buffer.from("'\\\0")]);
});

test.each([
  ...['', '10', "'10'", 'null', '"MTA="', '[]', '[null]', '[["MTA="]]', '{"0":"MTA="}', '["MTA="', '["MTA"]'],
  ...['["MTA=", "MTA="]', '["MTB="]', '["1 or 1=1"]', "x'31'", '["MTA=\\u0020"]'],
])('%s is no position', (text) => {
  expect(decodeKeyPosition(text)).toBeUndefined();
});

test('no text is taken for a position that is not written just so', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const position = decodeKeyPosition(text);
      if (position !== undefined) expect(encodeKeyPosition(position)).toBe(text);
    }),
  );
});
