import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoteName, quoteTable } from '../../../lib/sql/identifier.ts';
import { matrixoneLiteralOf, mysqlLiteralOf, quoteText } from '../../../lib/sql/literal.ts';

/** How a server reads what begins with a string literal, if a backslash escapes, or if it is none: up to its end. */
function readString(sql: string, backslashEscapes: boolean): { text: string; rest: string } {
  const match = (backslashEscapes ? /^'((?:[^'\\]|''|\\.)*)'(?!')/su : /^'((?:[^']|'')*)'(?!')/su).exec(sql);
  if (match === null) throw new Error(`not ended: ${sql}`);
  const [whole, inner = ''] = match;
  const plain = backslashEscapes
    ? inner.replace(/\\(.)|''/gsu, (_, c: string | undefined) => (c === undefined ? "'" : c === '0' ? '\0' : c))
    : inner.replaceAll("''", "'");
  return { text: plain, rest: sql.slice(whole.length) };
}

const SUFFIX = "; drop table t -- '";
const bytes = fc.oneof(
  fc.uint8Array().map((value) => Buffer.from(value)),
  fc.string({ unit: 'binary' }).map((value) => Buffer.from(value)),
  fc
    .array(fc.constantFrom("'", '\\', '\0', '\u001a', '中', 'a', '\n', '"', ';', '--', '/*'))
    .map((parts) => Buffer.from(parts.join(''))),
);

describe('literals', () => {
  test('strings end where they should, whatever they hold and whether a backslash escapes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(readString(quoteText(text) + SUFFIX, true)).toEqual({ text, rest: SUFFIX });
        expect(readString(quoteText(text) + SUFFIX, false).rest).toBe(SUFFIX);
      }),
    );
  });

  test('values of texts mean the same whether a backslash escapes, and no byte of one is a backslash', () => {
    fc.assert(
      fc.property(fc.constantFrom(mysqlLiteralOf('text'), matrixoneLiteralOf('text')), bytes, (literal, value) => {
        const sql = literal(value);
        expect(Buffer.from(sql).includes(0x5c)).toBe(false);
        const digits = /^(?:_utf8mb4 )?x'((?:[0-9a-f]{2})+)'$/u.exec(sql)?.[1];
        if (digits !== undefined) {
          expect(Buffer.from(digits, 'hex')).toEqual(value);
          return;
        }
        for (const escapes of [true, false]) {
          expect(readString(sql + SUFFIX, escapes)).toEqual({ text: value.toString('utf8'), rest: SUFFIX });
        }
      }),
    );
  });

  test('no value of any type is anything but one literal', () => {
    const types = fc.constantFrom(
      'int',
      'bool',
      'year',
      'decimal(10,2)',
      'decimal(65,31)',
      'double',
      'date',
      'varchar(9)',
      'blob',
      'bit(8)',
      'uuid',
      'enum(1)',
      'point',
    );
    const one =
      /^(?:NULL|-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|(?:_utf8mb4 )?x'(?:[0-9a-f]{2})+'|'(?:[^'\\\0]|''|\\\\|\\0)*')$/u;
    fc.assert(
      fc.property(fc.constantFrom(mysqlLiteralOf, matrixoneLiteralOf), types, bytes, (literalOf, type, value) => {
        const written = literalOf(type)(value);
        const geometry = /^st_geomfromtext\((.*)\)$/su.exec(written)?.[1];
        expect(geometry ?? written).toMatch(one);
      }),
    );
  });

  test('values by the type of their column', () => {
    const write = (type: string, value: string | null): string =>
      mysqlLiteralOf(type)(value === null ? null : Buffer.from(value, 'latin1'));
    expect(write('bigint unsigned', '18446744073709551615')).toBe('18446744073709551615');
    expect(write('double', '-1e-300')).toBe("'-1e-300'");
    expect(write('float', '-0')).toBe("'-0'");
    expect(write('decimal(65,30)', '0.1')).toBe('0.1');
    expect(write('double', 'NaN')).toBe("'NaN'");
    expect(write('decimal(10,5)', '0.00001')).toBe('0.00001');
    expect(write('int', '1);drop')).toBe("'1);drop'");
    expect(write('bool', 'true')).toBe("'true'");
    expect(write('varbinary(5)', '\0a\xff')).toBe("x'0061ff'");
    expect(write('blob', '')).toBe("''");
    expect(write('bit(17)', '\x01\0\x02')).toBe('65538');
    expect(write('bit(64)', '\xff'.repeat(8))).toBe('18446744073709551615');
    expect(write('text', "it's")).toBe("'it''s'");
    expect(write('text', '\xff')).toBe("x'ff'");
    expect(write('json', '{"a": "\\n"}')).toBe("_utf8mb4 x'7b2261223a20225c6e227d'");
    expect(matrixoneLiteralOf('text')(Buffer.from('\\'))).toBe("x'5c'");
    // Of these types it takes no digits for text.
    for (const type of ['json', "enum('\\\\')", "set('\\\\')", 'array(text)', 'datalink']) {
      expect(matrixoneLiteralOf(type)(Buffer.from(`\\'`))).toBe(`'\\\\'''`);
    }
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

  test('numbers that somebody keeps as texts are compared as texts, so that digits are not lost', () => {
    const big = Buffer.from('9007199254740993');
    expect(mysqlLiteralOf('bigint', 'varchar(20) character set utf8mb4 collate utf8mb4_nopad_bin')(big)).toBe(
      `'${big.toString()}'`,
    );
    expect(mysqlLiteralOf('bigint', 'bigint(20)')(big)).toBe(big.toString());
    expect(matrixoneLiteralOf('bigint', 'varchar(20)')(big)).toBe(`'${big.toString()}'`);
    expect(matrixoneLiteralOf('varbinary(9)', 'varchar(9)')(big)).toBe(`x'${big.toString('hex')}'`);
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
