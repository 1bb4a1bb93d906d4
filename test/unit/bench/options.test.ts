import { describe, expect, it } from 'vitest';
import { count, parseCommand } from '../../bench/options.ts';

describe('a count', () => {
  it.each([
    ['300000', 300_000],
    ['300k', 300_000],
    ['1M', 1_000_000],
  ])('may be %s', (text, value) => {
    expect(count(text)).toBe(value);
  });

  it.each(['', '0', '-1', '1.5', '1G', 'M', '1e6'])('may not be "%s"', (text) => {
    expect(() => count(text)).toThrow('is no count');
  });
});

it('reads topics, lists and switches', () => {
  expect(parseCommand(['load', 'lag', '--rows', '100k,1M', '--rounds', '5', '--without-native'])).toStrictEqual({
    topics: ['load', 'lag'],
    help: false,
    options: {
      rows: [100_000, 1_000_000],
      rounds: 5,
      changes: undefined,
      tables: undefined,
      writes: undefined,
      withoutNative: true,
    },
  });
});

it('refuses an option that it does not know', () => {
  expect(() => parseCommand(['--row', '1'])).toThrow('--row');
});
