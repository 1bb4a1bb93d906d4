import { expect, test } from 'vitest';
import { LabelTranslator } from '../../../../../lib/matrixone/source/changes/labels.ts';

const translator = new LabelTranslator([
  undefined,
  { column: 'e', type: 'enum', labels: ['a', 'B b'] },
  { column: 's', type: 'set', labels: ['X', 'y', 'z'] },
]);
const shown = (...values: (string | null)[]): (string | undefined)[] =>
  translator.row(values.map((v) => (v === null ? null : Buffer.from(v)))).map((v) => v?.toString());

test('numbers become labels, bitmasks become lists', () => {
  expect(shown('1', '2', '5')).toEqual(['1', 'B b', 'X,z']);
  expect(shown('1', '0', '0')).toEqual(['1', '', '']);
  expect(shown('1', null, null)).toEqual(['1', undefined, undefined]);
});

test('what is a label already stays', () => {
  expect(shown('9', 'a', 'X,y')).toEqual(['9', 'a', 'X,y']);
});

test('digits are numbers also where they are labels', () => {
  const digits = new LabelTranslator([
    { column: 'e', type: 'enum', labels: ['0', '1'] },
    { column: 's', type: 'set', labels: ['2', '1'] },
  ]);
  const labels = (...values: string[]) => digits.row(values.map((v) => Buffer.from(v))).map((v) => v?.toString());
  expect(labels('1', '1')).toEqual(['0', '2']);
  expect(labels('2', '2')).toEqual(['1', '1']);
  expect(labels('2', '3')).toEqual(['1', '2,1']);
});

test('all 64 labels of a set', () => {
  const labels = Array.from({ length: 64 }, (_, i) => `l${i}`);
  const many = new LabelTranslator([{ column: 's', type: 'set', labels }]);
  expect(many.row([Buffer.from('9223372036854775809')])[0]?.toString()).toBe('l0,l63');
});

test('a number without a label is an error, not a guess', () => {
  expect(() => shown('1', '3', '0')).toThrow(expect.objectContaining({ code: 'SCHEMA_CHANGED' }));
  expect(() => shown('1', '1', '8')).toThrow(expect.objectContaining({ code: 'SCHEMA_CHANGED' }));
});
