import { RE2JS, RE2JSException, RE2Set } from 're2js';
import { CdcError } from '../errors.ts';

/** The longest pattern, in characters: room for the names of many tables, and short enough to search through. */
const LONGEST = 512;
const MOST_PATTERNS = 100;
/**
 * The size of all patterns together, in instructions of the matcher. Matching a name takes at most its length times
 * this many steps.
 */
const MOST_INSTRUCTIONS = 5_000;
/** The memory for the matcher's cache of states. When it is full, the matcher empties it and begins anew. */
const MATCHER_BYTES = 1024 ** 2;
/** Every window asks for the same names, so remember the answers for this many names. */
const NAMES_REMEMBERED = 20_000;

/**
 * The problems of the patterns, as texts; empty if there are none. Patterns are RE2's, as in Go's `regexp` and so in
 * mo_cdc: the time to match grows only in proportion to the length of the name, whatever the pattern. RE2 has no
 * look-around and no backreferences for that reason, and such patterns are refused.
 */
export function excludeProblems(patterns: readonly string[]): string[] {
  if (patterns.length > MOST_PATTERNS) return [`There are ${patterns.length} patterns, more than ${MOST_PATTERNS}.`];
  const problems: string[] = [];
  let instructions = 0;
  for (const pattern of patterns) {
    const found = compiled(pattern);
    if (typeof found === 'string') problems.push(`${JSON.stringify(pattern)} ${found}.`);
    else instructions += found;
    // Do not compile the patterns that follow.
    if (instructions > MOST_INSTRUCTIONS) return [...problems, tooLarge(pattern)];
  }
  return problems;
}

/**
 * Returns a function that says whether a pattern matches anywhere in `database.table`. Throws EXCLUDE_UNSUPPORTED if
 * one cannot be matched.
 */
export function excluder(patterns: readonly string[]): (key: string) => boolean {
  if (patterns.length === 0) return () => false;
  refuseUnsupported(patterns);
  const set = new RE2Set(RE2Set.UNANCHORED, 0, MATCHER_BYTES);
  for (const pattern of patterns) set.add(pattern);
  const seen = new Map<string, boolean>();
  return (key) => {
    const known = seen.get(key);
    if (known !== undefined) return known;
    const found = set.match(key).length > 0;
    if (seen.size === NAMES_REMEMBERED) seen.clear();
    seen.set(key, found);
    return found;
  };
}

/** Throws EXCLUDE_UNSUPPORTED if a pattern that the task has cannot be matched any more. */
export function refuseUnsupported(patterns: readonly string[]): void {
  const problems = excludeProblems(patterns);
  if (problems.length > 0) throw new CdcError('EXCLUDE_UNSUPPORTED', `exclude: ${problems.join(' ')}`);
}

/** The number of instructions of the pattern, or what is wrong with it. */
function compiled(pattern: string): number | string {
  if (pattern === '') return 'matches every table';
  if (pattern.length > LONGEST) return `has more than ${LONGEST} characters`;
  if (!pattern.isWellFormed()) return 'has an incomplete character';
  try {
    return RE2JS.compile(pattern).programSize();
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const reason = error.message.replace('error parsing regexp: ', '');
    return `is not a regular expression of RE2 (which has no look-around and no backreferences): ${reason}`;
  }
}

const tooLarge = (pattern: string): string =>
  `With ${JSON.stringify(pattern)} the patterns are too large: with all repetitions they have more than ${MOST_INSTRUCTIONS} steps. Use fewer or smaller repetitions.`;
