import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excludeProblems, excluder } from '../../../lib/task/exclude.ts';

/** As long as a table's `database.table` can be. */
const LONGEST_NAME = `${'a'.repeat(64)}.${'a'.repeat(64)}`;

/** In processor time of this process: a machine that is busy otherwise does not count. */
function cpuMillis(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

describe('exclude', () => {
  it('matches anywhere in database.table, by any pattern', () => {
    const excluded = excluder(['_tmp$', '^logs[.]', '表\\p{Nd}']);
    expect(['a.b_tmp', 'logs.x', 'a.表7'].map(excluded)).toEqual([true, true, true]);
    expect(['a.b_tmp2', 'mylogs.x', 'a.表'].map(excluded)).toEqual([false, false, false]);
    expect(excluder([])('a.b')).toBe(false);
  });

  // What Go's regexp answers to the same, which is what mo_cdc matches with.
  it.each([
    ['(?i)^SHOP[.]', 'shop.orders', true],
    ['^(?:a|b)\\.(log|tmp)_.*$', 'b.tmp_x', true],
    ['[[:digit:]]{2}$', 'a.t12', true],
    ['\\Qa.b\\E', 'axb', false],
    ['a.b', 'a\u2028b', true],
    ['a.b', 'a\nb', false],
    ['a\\sb', 'a\u00a0b', false],
    ['\\p{Greek}', 'shop.ω', true],
    ['^.$', '😀', true],
    ['\\x{1F600}+', 'a.😀', true],
    ['(?P<name>x)y', 'a.xy', true],
    ['(?s:a.b)', 'a\nb', true],
    ['\\z', 'a.b', true],
  ])('%s on %j: %j', (pattern, name, expected) => {
    expect(excludeProblems([pattern])).toEqual([]);
    expect(excluder([pattern])(name)).toBe(expected);
  });

  it('matches what is one of its patterns by itself, whatever the others are', () => {
    const literal = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(literal, { minLength: 1, maxLength: 8 }), literal, (names, other) => {
        const quoted = (name: string): string =>
          `^${name.replaceAll(/[^\p{L}\p{N}]/gu, (each) => `\\x{${hex(each)}}`)}$`;
        const excluded = excluder(names.map(quoted));
        for (const name of names) expect(excluded(name)).toBe(true);
        expect(excluded(other)).toBe(names.includes(other));
      }),
    );
  });

  it.each([
    ['alternatives that are the same', `${'(a|a)?'.repeat(16)}!`],
    ['nested repetitions', '(((a*)*)*)*!'],
    ['many repetitions', `${'.*a'.repeat(20)}!`],
    ['optional parts', '(a?){200}a{200}!'],
    ['no letter that has to be there', '(a|aa|aaa|[ab]*)*[^a.]{3}'],
  ])('takes no longer for %s', (_, pattern) => {
    expect(excludeProblems([pattern])).toEqual([]);
    const excluded = excluder([pattern]);
    const millis = cpuMillis(() => {
      for (let at = 0; at < 100; at += 1) expect(excluded(`${LONGEST_NAME}${at}`)).toBe(false);
    });
    expect(millis).toBeLessThan(2_000);
  });

  it('keeps little of the names that it has seen, however different they are', () => {
    const excluded = excluder(Array.from({ length: 5 }, (_, at) => `[ab]*a[ab]{${40 + at}}[^ab.]`));
    const before = heapBytes();
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 100, maxLength: 100 }), (name) => {
        expect(excluded(name)).toBe(false);
      }),
      { numRuns: 300 },
    );
    expect(heapBytes() - before).toBeLessThan(10 * 1024 ** 2);
  }, 60_000);

  it.each([
    ['(', 'missing closing )'],
    ['\\q', 'invalid escape sequence'],
    ['', 'matches every table'],
    ['x'.repeat(513), 'has more than 512 characters'],
    ['^(?!shop\\.).*', 'look-around'],
    ['(?=a)', 'look-around'],
    ['(?<=shop\\.)t', 'look-around'],
    ['(?<!shop\\.)t', 'look-around'],
    ['(a)\\1', 'backreferences'],
    ['(?<name>x)\\k<name>', 'backreferences'],
    ['a{1000}{1000}', 'invalid nested repetition'],
    ['(a{1000}){1000}', 'invalid repeat count'],
    ['('.repeat(60) + `.{1000}|`.repeat(55) + ')'.repeat(12), 'not a regular expression'],
    ['(.{1000}|'.repeat(20) + 'x' + ')'.repeat(20), 'too large'],
    ['a\ud800b', 'has an incomplete character'],
  ])('refuses %s', (pattern, reason) => {
    expect(excludeProblems([pattern, 'fine'])).toEqual([expect.stringContaining(reason)]);
    expect(() => excluder([pattern, 'fine'])).toThrow(expect.objectContaining({ code: 'EXCLUDE_UNSUPPORTED' }));
  });

  it('counts all patterns of a task together', () => {
    expect(excludeProblems(Array.from({ length: 101 }, () => 'a'))).toHaveLength(1);
    const large = Array.from({ length: 20 }, (_, at) => `[ab]{900}${at}`);
    expect(excludeProblems(large.slice(0, 5))).toEqual([]);
    expect(excludeProblems(large)).toEqual([expect.stringContaining('too large')]);
  });

  it('answers in time about whatever is given to it', () => {
    const parts = fc.constantFrom(
      'a',
      '.',
      '(',
      ')',
      '|',
      '*',
      '?',
      '{1000}',
      '{2,}',
      '\\pL',
      '[^a]',
      '\\b',
      '(?i)',
      '^',
      '$',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 60 }), (given) => {
        const pattern = given.join('');
        const millis = cpuMillis(() => {
          if (excludeProblems([pattern]).length === 0) excluder([pattern])(LONGEST_NAME);
        });
        expect(millis).toBeLessThan(2_000);
      }),
    );
  });
});

/** What is in use, without what is only not yet collected. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
  return process.memoryUsage().heapUsed;
}

const hex = (text: string): string => Array.from(text, (each) => each.codePointAt(0)?.toString(16)).join('}\\x{');
