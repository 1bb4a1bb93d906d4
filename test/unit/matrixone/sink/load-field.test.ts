import { describe, expect, test } from 'vitest';
import { declaredTable } from '../../../support/declared/declared-table.ts';
import { loadable, loadField } from '../../../../lib/matrixone/sink/load-field.ts';

const column = (type: string) => {
  const { columns } = declaredTable(`CREATE TABLE t (\`c\` ${type})`);
  return columns[0] ?? { name: 'c', type, nullable: true, generated: false };
};
const written = (type: string, value: string): string =>
  (loadField(column(type)) ?? ((same) => same))(Buffer.from(value)).toString();

describe("what MatrixOne's LOAD DATA is given", () => {
  test('labels of an enum go as their numbers', () => {
    const type = "enum('a','','1','it''s','x\\\\y','表')";
    expect(['a', '', '1', "it's", 'x\\y', '表'].map((label) => written(type, label))).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
      '6',
    ]);
    expect(written("enum('a')", '')).toBe('0');
    expect(written("enum('a')", 'unknown')).toBe('unknown');
  });

  test('the empty set goes as 0, other sets by their labels, which come before numbers', () => {
    expect(written("set('2','1')", '')).toBe('0');
    expect(written("set('2','1')", '2')).toBe('2');
    expect(written("set('2','1')", '2,1')).toBe('2,1');
  });

  test('a set with the label 0 cannot be loaded, nor can decimals of more than 38 digits', () => {
    expect(loadable(column("set('a','0')"))).toBe(false);
    expect(loadable(column("set('a','10')"))).toBe(true);
    expect(loadable(column("enum('a','0')"))).toBe(true);
    expect(loadable(column('decimal(39,2)'))).toBe(false);
    expect(loadable(column('decimal(38,2)'))).toBe(true);
    expect(loadable(column('varchar(70)'))).toBe(true);
  });

  test('texts of JSON get spaces around, other JSON and other types do not', () => {
    expect(written('json', '"7"')).toBe(' "7" ');
    expect(written('json', '7')).toBe('7');
    expect(written('varchar(9)', '"7"')).toBe('"7"');
    expect(written('array(varchar(5))', '["7"]')).toBe('["7"]');
  });
});
