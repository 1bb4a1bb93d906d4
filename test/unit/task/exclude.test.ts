import { describe, expect, it } from 'vitest';
import { excludeProblems, excluder } from '../../../lib/task/exclude.ts';

describe('exclude', () => {
  it('matches anywhere in database.table, by any pattern', () => {
    const excluded = excluder(['_tmp$', '^logs[.]', '表\\p{Nd}']);
    expect(['a.b_tmp', 'logs.x', 'a.表7'].map(excluded)).toEqual([true, true, true]);
    expect(['a.b_tmp2', 'mylogs.x', 'a.表'].map(excluded)).toEqual([false, false, false]);
    expect(excluder([])('a.b')).toBe(false);
  });

  it.each([
    '^(?!shop\\.).*',
    '(?<=shop\\.)t\\d{2,4}',
    '^(?:a|b)\\.(log|tmp)_.*$',
    '[(+*]+x',
    '\\(a+\\)+',
    '(?<name>x)\\k<name>',
    '\\u{1F600}+',
    'a?b?c?',
  ])('takes %s', (pattern) => {
    expect(excludeProblems([pattern])).toEqual([]);
  });

  it.each([
    ['(', 'is no regular expression'],
    ['\\q', 'is no regular expression'],
    ['', 'matches every table'],
    ['x'.repeat(513), 'has more than 512 characters'],
    ['(a+)+$', 'for ever'],
    ['(?:a|a)*$', 'for ever'],
    ['((a*))*', 'for ever'],
    ['(a?){30}a{30}', 'for ever'],
    ['(\\w*,){10}', 'for ever'],
    ['.*a.*b.*c.*d.*e', 'for ever'],
  ])('refuses %s', (pattern, reason) => {
    expect(excludeProblems([pattern, 'fine'])).toEqual([expect.stringContaining(reason)]);
  });

  it('refuses too many patterns', () => {
    expect(excludeProblems(Array.from({ length: 101 }, () => 'a'))).toHaveLength(1);
  });
});
