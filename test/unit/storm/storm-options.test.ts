import { expect, it } from 'vitest';
import { parseStorm, replayOf } from '../../storm/storm-options.ts';

it('the line that a failing storm prints asks for the same storm', () => {
  const options = parseStorm(['--minutes', '0.5', '--seed', '17', '--profile', 'mysql', '--pace', '2']);
  expect(options).toEqual({ minutes: 0.5, seed: 17, profile: 'mysql', pace: 2, restart: undefined, compact: false });
  expect(parseStorm(replayOf(options).split(' ').slice(4))).toEqual(options);
  const more = { ...options, restart: 'stop; start', compact: true };
  expect(replayOf(more)).toBe(`${replayOf(options)} --restart 'stop; start' --compact`);
});

it('a storm without a seed gets one, and what it does not know it refuses', () => {
  expect(parseStorm([]).seed).toBeGreaterThanOrEqual(0);
  for (const bad of [
    ['--profile', 'x'],
    ['--minutes', 'long'],
    ['--seed', '-1'],
  ])
    expect(() => parseStorm(bad)).toThrow();
});
