import { describe, expect, test } from 'vitest';
import { rangeCondition } from '../../../../../lib/matrixone/source/rows/key-range.ts';
import { declaredSchema } from '../../../../support/declared/declared-table.ts';
import type { KeyPosition } from '../../../../../lib/data/key-position.ts';

const schema = declaredSchema(
  { database: 'd', table: 't' },
  '1',
  'CREATE TABLE `t` (\n  `v` int,\n  `a` varchar(9) NOT NULL,\n  `b` bigint NOT NULL,\n  `c` varbinary(3) NOT NULL,\n  PRIMARY KEY (`a`,`b`,`c`)\n)',
);
const single = declaredSchema(
  { database: 'd', table: 't' },
  '1',
  'CREATE TABLE `t` (\n  `i d` bigint NOT NULL,\n  PRIMARY KEY (`i d`)\n)',
);
const key = (...values: string[]): KeyPosition => values.map((value) => Buffer.from(value, 'latin1'));

describe('range conditions', () => {
  test('open ends', () => {
    expect(rangeCondition(single, { lower: undefined, upper: undefined })).toBe('true');
    expect(rangeCondition(single, { lower: key('-5'), upper: undefined })).toBe('(`i d` > -5)');
    expect(rangeCondition(single, { lower: undefined, upper: key('7') })).toBe('(`i d` <= 7)');
  });

  test('composite keys compare column by column, values by their type', () => {
    const range = { lower: key("k'", '1', '\0\xff'), upper: key('z', '2', '') };
    expect(rangeCondition(schema, range)).toBe(
      "(`a` >= 'k''' and (`a` > 'k''' or (`b` >= 1 and (`b` > 1 or (`c` > x'00ff'))))) and " +
        "(`a` <= 'z' and (`a` < 'z' or (`b` <= 2 and (`b` < 2 or (`c` <= '')))))",
    );
  });

  test('a number that is none cannot break out of its literal', () => {
    expect(rangeCondition(single, { lower: key('1 or 1=1'), upper: undefined })).toBe("(`i d` > '1 or 1=1')");
  });

  test('a position of another key makes no condition', () => {
    for (const values of [[], ['1'], ['a', '1', 'x', 'y']]) {
      const range = { lower: key(...values), upper: undefined };
      expect(() => rangeCondition(schema, range)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    }
  });
});
