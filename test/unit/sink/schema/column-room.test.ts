import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds, plainType } from '../../../../lib/sink/schema/column-room.ts';

const INTEGER_BITS: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, mediumint: 24, int: 32, bigint: 64 };
const BY_LENGTH = ['varchar', 'varbinary', 'bit', 'datetime', 'timestamp', 'time'];

interface Integer {
  readonly word: string;
  readonly unsigned: boolean;
}

const integers: fc.Arbitrary<Integer> = fc.record({
  word: fc.constantFrom(...Object.keys(INTEGER_BITS)),
  unsigned: fc.boolean(),
});
const integerType = ({ word, unsigned }: Integer): string => `${word}${unsigned ? ' unsigned' : ''}`;
const bitsOf = ({ word }: Integer): number => INTEGER_BITS[word] ?? 0;

const decimals = fc
  .record({ digits: fc.integer({ min: 1, max: 38 }), scale: fc.nat({ max: 30 }) })
  .filter(({ digits, scale }) => scale <= digits);

const anyType = fc.oneof(
  integers.map(integerType),
  decimals.map(({ digits, scale }) => `decimal(${digits},${scale})`),
  fc
    .record({ word: fc.constantFrom(...BY_LENGTH), length: fc.integer({ min: 1, max: 64 }) })
    .map(({ word, length }) => `${word}(${length})`),
  fc.constantFrom('bool', 'bit', 'date', 'datetime', 'text', 'mediumtext', 'longtext', 'longblob', 'json', 'uuid'),
  fc.constantFrom("enum('a','b')", "set('a')", 'double', 'float', 'char(3)', 'decimal', 'vecf32(3)'),
);

describe('the room of a column', () => {
  it('is enough for its own type', () => {
    fc.assert(fc.property(anyType, (type) => holds(type, type)));
    fc.assert(fc.property(anyType, (type) => holds(type.toUpperCase(), type)));
  });

  it('is enough for every integer of no more bytes and the same sign', () => {
    fc.assert(
      fc.property(integers, integers, (present, wanted) => {
        const fits = present.unsigned === wanted.unsigned && bitsOf(present) >= bitsOf(wanted);
        expect(holds(integerType(present), integerType(wanted))).toBe(fits);
      }),
    );
  });

  it('is enough for a decimal with no more digits on either side of the point', () => {
    fc.assert(
      fc.property(decimals, decimals, (present, wanted) => {
        const before = present.digits - present.scale >= wanted.digits - wanted.scale;
        expect(holds(`decimal(${present.digits},${present.scale})`, `decimal(${wanted.digits},${wanted.scale})`)).toBe(
          before && present.scale >= wanted.scale,
        );
      }),
    );
    expect(holds('decimal', 'decimal(10,0)')).toBe(true);
    expect(holds('decimal', 'decimal(10,1)')).toBe(false);
    expect(holds('decimal(9,0)', 'decimal')).toBe(false);
  });

  it.each(BY_LENGTH)('is enough for a %s that is no longer', (word) => {
    const lengths = fc.integer({ min: 1, max: 64 });
    fc.assert(
      fc.property(lengths, lengths, (present, wanted) => {
        expect(holds(`${word}(${present})`, `${word}(${wanted})`)).toBe(present >= wanted);
      }),
    );
  });

  it('takes the usual length where none is declared', () => {
    expect(holds('bit(1)', 'bit')).toBe(true);
    expect(holds('bit', 'bit(1)')).toBe(true);
    expect(holds('bit', 'bit(2)')).toBe(false);
    expect(holds('datetime(3)', 'datetime')).toBe(true);
    expect(holds('datetime', 'datetime(3)')).toBe(false);
  });

  it('is enough for a text of which every character may take four bytes', () => {
    expect(holds('text', 'varchar(16383)')).toBe(true);
    expect(holds('text', 'varchar(16384)')).toBe(false);
    expect(holds('mediumtext', 'varchar(65535)')).toBe(true);
    expect(holds('longtext', 'varchar(65535)')).toBe(true);
    expect(holds('tinytext', 'varchar(10)')).toBe(false);
  });

  it('is not certain between types of different kinds', () => {
    expect(holds('bigint', 'varchar(3)')).toBe(false);
    expect(holds('varchar(64)', 'int')).toBe(false);
    expect(holds('datetime', 'date')).toBe(false);
    expect(holds('char(4)', 'char(3)')).toBe(false);
    expect(holds("enum('a','b','c')", "enum('a','b')")).toBe(false);
    expect(holds('longblob', 'varchar(3)')).toBe(false);
  });

  it('is not certain for texts in a character set that does not have all of UTF-8', () => {
    const collate = (set: string): string => ` character set ${set} collate ${set}_bin`;
    expect(holds(`varchar(20)${collate('utf8mb4')}`, 'varchar(10)')).toBe(true);
    expect(holds(`varchar(20)${collate('latin1')}`, 'varchar(10)')).toBe(false);
    expect(holds(`varchar(20)${collate('utf8mb3')}`, 'varchar(20)')).toBe(false);
    expect(holds(`VARCHAR(20)${collate('latin1').toUpperCase()}`, 'varchar(20)')).toBe(false);
    expect(holds('varbinary(20) character set binary', 'varbinary(10)')).toBe(true);
  });
});

describe('a plain type', () => {
  it.each([
    ['int(11)', 'int'],
    ['INT(10) UNSIGNED', 'int unsigned'],
    ['tinyint (1)', 'tinyint'],
    ['bigint(20)  unsigned', 'bigint unsigned'],
    ['varchar(20) character set utf8mb4 collate utf8mb4_bin', 'varchar(20)'],
    ['decimal(10,2)', 'decimal(10,2)'],
    ['datetime(6)', 'datetime(6)'],
    ['point(11)', 'point(11)'],
    [' text ', 'text'],
  ])('of %s is %s', (type, plain) => {
    expect(plainType(type)).toBe(plain);
    expect(plainType(plain)).toBe(plain);
  });
});
