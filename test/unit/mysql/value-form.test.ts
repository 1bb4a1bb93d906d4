import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { selectedValue, valueForm } from '../../../lib/mysql/value-form.ts';
import { rowForm } from '../../../lib/sink/dialect/value-form.ts';

const formed = (value: string | Buffer, type: string, sinkType = type): string => {
  const buffer = typeof value === 'string' ? Buffer.from(value) : value;
  return (valueForm({ type }, sinkType)?.(buffer) ?? buffer).toString('latin1');
};

/** What MatrixOne 4.2.0 prints, and what MySQL 8 or MariaDB prints for the same value. */
const SAME: readonly (readonly [type: string, sinkType: string, there: string, here: string])[] = [
  ['tinyint', 'tinyint(4) zerofill', '7', '0007'],
  ['bool', 'tinyint(1)', 'true', '1'],
  ['year', 'year(4)', '0', '0000'],
  ['decimal(10,2)', 'decimal(10,5)', '-1.50', '-1.50000'],
  ['decimal(10,2)', 'decimal(10,0)', '0.00', '0'],
  [
    'decimal(38,0)',
    'decimal(38,0)',
    '99999999999999999999999999999999999999',
    '99999999999999999999999999999999999999',
  ],
  ['double', 'double', `1${'0'.repeat(300)}`, '1e300'],
  ['double', 'double', `0.${'0'.repeat(299)}1`, '1e-300'],
  ['double', 'double', '-0', '0'],
  ['float', 'float', '0.1', '0.10000000149011612'],
  ['float', 'float', '16777216', '16777216'],
  ['datetime', 'datetime(6)', '2026-01-01 10:20:30', '2026-01-01 10:20:30.000000'],
  ['datetime(6)', 'datetime(6)', '2026-01-01 10:20:30', '2026-01-01 10:20:30.000000'],
  ['timestamp(6)', 'timestamp(3)', '2026-01-01 10:20:30.500000', '2026-01-01 10:20:30.500'],
  ['time(6)', 'time(6)', '-08:00:00', '-08:00:00.000000'],
  ['time', 'time', '-00:00:00', '00:00:00'],
  ['bit(17)', 'bit(24)', '\u0001\u0000\u0002', '\u0001\u0000\u0002'],
  ['uuid', 'char(36)', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ["set('x','y')", "set('y','x')", 'x,y', 'y,x'],
  ['char(10)', 'char(10)', 'a  ', 'a'],
  ["enum('a ')", "enum('a')", 'a ', 'a'],
  ['binary(4)', 'binary(4)', 'a', 'a\u0000\u0000\u0000'],
  ['json', 'json', '{"b": [1.0, 1e3], "a": "é"}', '{"a":"\\u00e9","b":[1,1000]}'],
  ['json', 'longtext', '{"a": 1, "a": 2}', '{"a": 2}'],
  ['text', 'json', '{"a":1}', '{"a": 1}'],
];

const DIFFERENT: typeof SAME = [
  ['varchar(10)', 'varchar(10)', 'a', 'a '],
  ['char(10)', 'varchar(10)', 'a', 'a '],
  ['char(10)', 'char(10)', 'a', ' a'],
  ['varbinary(4)', 'varbinary(4)', 'a', 'a\u0000'],
  ['text', 'longtext', '1.0', '1'],
  ['varchar(30)', 'varchar(30)', '2026-01-01 10:20:30', '2026-01-01 10:20:30.000'],
  ['varchar(5)', 'varchar(5)', '007', '7'],
  ['decimal(38,10)', 'decimal(38,10)', '12345678901234567890.0000000001', '12345678901234567890.0000000002'],
  ['decimal(3,1)', 'decimal(3,1)', '-1.0', '1.0'],
  ['bigint', 'bigint', '10', '1'],
  ['bigint unsigned', 'bigint unsigned', '18446744073709551615', '18446744073709551614'],
  ['double', 'double', '0.1', '0.10000000000000002'],
  ['float', 'float', '16777216', '16777218'],
  ['time(6)', 'time(6)', '-00:00:00.100000', '00:00:00.100000'],
  ['time', 'time', '100:00:00', '10:00:00'],
  ['datetime(6)', 'datetime(6)', '2026-01-01 10:20:30.1', '2026-01-01 10:20:30.01'],
  ['datetime', 'datetime', '2026-01-01 10:20:30', '2026-01-01 10:20:00'],
  ['bit(17)', 'bit(17)', '\u0001\u0000', '\u0001'],
  ["set('x','y')", "set('x','y')", '', 'x'],
  ["enum('a','A')", "enum('a','A')", 'a', 'A'],
  ['json', 'json', '12345678901234567890', '12345678901234567891'],
  ['json', 'json', '1e400', '1e401'],
  ['json', 'json', '"1"', '1'],
  ['json', 'json', '{"a": null}', '{}'],
  ['json', 'json', '[1, 2]', '[2, 1]'],
  ['json', 'json', '"a "', '"a"'],
  ['json', 'json', '{"a": {"b": 1}}', '{"a.b": 1}'],
  ['json', 'json', '-1', '1'],
];

describe('values in the form in which they are compared', () => {
  test.each(SAME)('%s in %s: %j is %j', (type, sinkType, there, here) => {
    expect(formed(there, type, sinkType)).toBe(formed(here, type, sinkType));
  });

  test.each(DIFFERENT)('%s in %s: %j is not %j', (type, sinkType, there, here) => {
    expect(formed(there, type, sinkType)).not.toBe(formed(here, type, sinkType));
  });

  it('text that is no value of the type stays as it is', () => {
    for (const type of ['int', 'double', 'float', 'datetime', 'time', 'json', 'decimal(5,2)', 'bool', 'uuid']) {
      for (const text of ['', 'nan', '{"a":', '[1', '1 2', '1,', '"x', '{"a" 1}', '0000-00-00', '[1]]', 'truefalse']) {
        expect(formed(text, type)).toBe(text);
      }
    }
  });

  it('decimals, doubles and floats are equal when the numbers are', () => {
    const digits = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });
    fc.assert(
      fc.property(digits, digits, fc.nat({ max: 9 }), (a, b, zeros) => {
        const text = (n: bigint): string => `${n}.5${'0'.repeat(zeros)}`;
        expect(formed(text(a), 'decimal(60,10)') === formed(`${b}.5`, 'decimal(60,10)')).toBe(a === b);
      }),
    );
    const doubles = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(doubles, doubles, (a, b) => {
        expect(formed(a.toExponential(), 'double')).toBe(formed(String(a), 'double'));
        expect(formed(String(a), 'double') === formed(String(b), 'double')).toBe(a === b);
      }),
    );
    // Texts of nine digits are enough for every float, and often not the shortest of a double.
    const floats = fc.float({ noNaN: true, noDefaultInfinity: true, max: 2 ** 127, min: -(2 ** 127) });
    fc.assert(
      fc.property(floats, floats, (a, b) => {
        expect(formed(a.toPrecision(9), 'float')).toBe(formed(String(a), 'float'));
        expect(formed(a.toPrecision(9), 'float') === formed(String(b), 'float')).toBe(a === b);
      }),
    );
  });

  it('JSON is equal however it is laid out, and only then', () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([name, member]) => [name, shuffled(member)]),
      );
    };
    const sorted = (value: unknown): string =>
      JSON.stringify(shuffled(JSON.parse(formed(JSON.stringify(value), 'json'))));
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.jsonValue(), (a, b) => {
        const form = formed(JSON.stringify(a), 'json');
        expect(formed(JSON.stringify(shuffled(a), undefined, 2), 'json')).toBe(form);
        expect(JSON.parse(Buffer.from(form, 'latin1').toString('utf8'))).toEqual(JSON.parse(JSON.stringify(a)));
        expect(formed(JSON.stringify(b), 'json') === form).toBe(sorted(a) === sorted(b));
      }),
    );
  });

  it('long JSON takes no more than its length', () => {
    const long = 'x\\"'.repeat(2_000_000);
    expect(formed(`[ "${long}" ]`, 'json')).toBe(`["${long}"]`);
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(formed(deep, 'json')).toBe(deep);
  });

  it('whole rows keep NULL, and go through as they are where no column differs', () => {
    const row = [Buffer.from('1.0'), null, Buffer.from('x')];
    const forms = ['decimal(3,1)', 'decimal(3,1)', 'text'].map((type) => valueForm({ type }, type));
    expect(rowForm(forms)?.(row)).toEqual([Buffer.from('1'), null, Buffer.from('x')]);
    expect(rowForm([valueForm({ type: 'text' }, 'longtext')])).toBeUndefined();
    expect(selectedValue('`f`', 'float')).toBe('(`f` * 1e0)');
    expect(selectedValue('`f`', 'double')).toBe('`f`');
  });
});
