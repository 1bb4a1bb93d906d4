import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { baseType, columnTypeRule, mysqlColumnType, typeRefusal } from '../../../lib/sql/column-type.ts';
import { COLUMN_TYPES, REFUSED_TYPES } from '../../../lib/sql/column-types.ts';
import { TYPE_CASES } from '../../support/values/type-cases.ts';

const NAMES = Object.keys(COLUMN_TYPES);
const SYNONYMS = ['mediumint', 'longtext', 'boolean'];

/** `[MatrixOne's type, MySQL's]` for every type in the table of docs/types.md. */
function documented(): (readonly [string, string])[] {
  const lines = readFileSync(new URL('../../../docs/types.md', import.meta.url), 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => {
      const [, ours = '', theirs = ''] = line.split('|');
      const types = [...ours.matchAll(/`([^`]+)`/gu)].map(([, type = '']) => type);
      return types.map((type) => [type, theirs.trim().replaceAll('`', '')] as const);
    });
}

describe('the list of column types', () => {
  test('has values to be tried for every type, and for no other', () => {
    expect(Object.keys(TYPE_CASES).toSorted()).toEqual(NAMES.toSorted());
    for (const [name, cases] of Object.entries(TYPE_CASES)) {
      expect(cases.length).toBeGreaterThan(0);
      for (const { type } of cases) expect(baseType(type)).toBe(name);
    }
  });

  test('is the one in the documentation', () => {
    const rows = documented();
    expect([...new Set(rows.map(([type]) => baseType(type)))].toSorted()).toEqual(NAMES.toSorted());
    expect(rows.map(([type]) => [type, mysqlColumnType(type)])).toEqual(
      rows.map(([type, theirs]) => [type, theirs === 'same' ? type : theirs]),
    );
  });

  test('tells why others are refused, and so does the documentation', () => {
    const text = readFileSync(new URL('../../../docs/types.md', import.meta.url), 'utf8');
    const sentence = /^`geometry32`.* are refused/mu.exec(text)?.[0] ?? '';
    expect([...sentence.matchAll(/`(\w+)`/gu)].map(([, type]) => type)).toEqual(Object.keys(REFUSED_TYPES));
    for (const type of Object.keys(REFUSED_TYPES)) {
      expect(columnTypeRule(type)).toBeUndefined();
      expect(typeRefusal(`${type} srid 4326`)).toBe(REFUSED_TYPES[type]);
    }
    expect(typeRefusal('hologram(3)')).toBe('it is not known how to');
    expect(typeRefusal('int unsigned')).toBeUndefined();
  });

  test('knows synonyms, and nothing of Object', () => {
    for (const type of SYNONYMS) expect(columnTypeRule(`${type}(3)`)).toBeDefined();
    for (const type of ['constructor', 'toString', 'hologram(3)', '']) expect(columnTypeRule(type)).toBeUndefined();
  });
});
