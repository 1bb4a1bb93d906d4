import { expect, it } from 'vitest';
import { asciiTable } from '../../../localstack/demo/ascii-table.ts';

it('draws a result as the mysql client does', () => {
  const rows = [
    ['1', 'login', null],
    ['1000', '', 'x'],
  ];
  expect(asciiTable(['id', 'type', 'v'], rows, [true, false, false])).toBe(
    [
      '+------+-------+------+',
      '| id   | type  | v    |',
      '+------+-------+------+',
      '|    1 | login | NULL |',
      '| 1000 |       | x    |',
      '+------+-------+------+',
    ].join('\n'),
  );
});
