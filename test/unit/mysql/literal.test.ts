import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoteName, quoteTable } from '../../../lib/mysql/identifier.ts';
import { literalOf, matrixoneLiteralOf, mysqlLiteralOf, quoteText } from '../../../lib/mysql/literal.ts';

describe('literals', () => {
  test('texts end where they should, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const literal = quoteText(text);
        const inner = literal.slice(1, -1);
        expect(literal.startsWith("'") && literal.endsWith("'")).toBe(true);
        expect(inner.replace(/\\./gsu, '')).not.toMatch(/['\\\0]/u);
        expect(inner.replace(/\\(.)/gsu, (_, c: string) => (c === '0' ? '\0' : c))).toBe(text);
      }),
    );
  });

  test('values by the type of their column', () => {
    const write = (type: string, value: string | null): string =>
      literalOf(type)(value === null ? null : Buffer.from(value, 'latin1'));
    expect(write('bigint unsigned', '18446744073709551615')).toBe('18446744073709551615');
    expect(write('double', '-1e-300')).toBe("'-1e-300'");
    expect(write('float', '-0')).toBe("'-0'");
    expect(write('decimal(65,40)', '0.1')).toBe('0.1');
    expect(write('double', 'NaN')).toBe("'NaN'");
    expect(write('decimal(10,5)', '0.00001')).toBe('0.00001');
    expect(write('int', '1);drop')).toBe("'1);drop'");
    expect(write('bool', 'true')).toBe("'true'");
    expect(write('varbinary(5)', '\0a\xff')).toBe("x'0061ff'");
    expect(write('blob', '')).toBe("''");
    expect(write('bit(17)', '\x01\0\x02')).toBe('65538');
    expect(write('bit(64)', '\xff'.repeat(8))).toBe('18446744073709551615');
    expect(write('text', "it's")).toBe("'it\\'s'");
    expect(write('text', '\xff')).toBe("x'ff'");
    expect(write('json', '{"a": "\\n"}')).toBe('\'{"a": "\\\\n"}\'');
    expect(write('date', '2020-01-01')).toBe("'2020-01-01'");
    expect(write('int', null)).toBe('NULL');
  });

  test('geometries are made of text where the sink has geometries', () => {
    const point = Buffer.from('POINT(1 2)');
    expect(matrixoneLiteralOf('point')(point)).toBe("st_geomfromtext('POINT(1 2)')");
    expect(matrixoneLiteralOf('point32 srid 4326')(point)).toBe("st_geomfromtext('POINT(1 2)', 4326)");
    expect(matrixoneLiteralOf('geometry srid 0')(null)).toBe('NULL');
    expect(matrixoneLiteralOf('int')(Buffer.from('7'))).toBe('7');
    expect(mysqlLiteralOf('geometry srid 4326')(point)).toBe("'POINT(1 2)'");
  });

  test('decimals that MySQL keeps as texts are compared as texts', () => {
    expect(mysqlLiteralOf('decimal(65,31)')(Buffer.from('0.1'))).toBe("'0.1'");
    expect(mysqlLiteralOf('decimal(65,30)')(Buffer.from('0.1'))).toBe('0.1');
  });

  test('decimals of more digits than a number has in MatrixOne are texts there', () => {
    expect(matrixoneLiteralOf('decimal(39,0)')(Buffer.from('7'))).toBe("'7'");
    expect(matrixoneLiteralOf('decimal(65,31)')(Buffer.from('0.1'))).toBe("'0.1'");
    expect(matrixoneLiteralOf('decimal(38,10)')(Buffer.from('0.1'))).toBe('0.1');
    expect(matrixoneLiteralOf('decimal(39,0)')(null)).toBe('NULL');
  });

  test('names', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(quoteName(name).slice(1, -1).replaceAll('``', '')).not.toContain('`');
        expect(quoteName(name).slice(1, -1).replaceAll('``', '`')).toBe(name);
      }),
    );
    expect(quoteTable({ database: 'a`b', table: 'c d' })).toBe('`a``b`.`c d`');
  });
});
