import { expect, test } from 'vitest';
import { parseFaults } from '../../support/faults/faults-options.ts';

test('both parts run unless one is named', () => {
  expect(parseFaults([])).toMatchObject({ memory: true, live: true, every: 1, from: 0 });
  expect(parseFaults(['live', '--every', '9', '--from', '900', '--tasks', '2'])).toStrictEqual({
    memory: false,
    live: true,
    every: 9,
    from: 900,
    tasks: 2,
    mode: 'tick',
    help: false,
  });
});

test('what is unknown is refused, and does not start a run of hours', () => {
  for (const bad of [
    ['lives'],
    ['every=9'],
    ['--hlp'],
    ['--every', '0'],
    ['--from', '-1'],
    ['--tasks', 'x'],
    ['--mode', 'continuous'],
  ])
    expect(() => parseFaults(bad)).toThrow();
});
