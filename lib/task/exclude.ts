import { RE2JS, RE2JSException, RE2Set } from 're2js';
import { CdcError } from '../errors.ts';

/** Enough for the names of many tables, and short enough to be looked through. */
const LONGEST = 512;
const MOST_PATTERNS = 100;
/** Of all patterns together, as they are compiled: a name takes at most its length times so many steps. */
const MOST_INSTRUCTIONS = 5_000;
/** What the matcher remembers of names that it has seen. When it is used up, it is forgotten and begun anew. */
const MATCHER_BYTES = 1024 ** 2;
/** Every window asks for the same names again. */
const NAMES_REMEMBERED = 20_000;

/**
 * Patterns are those of RE2, which Go's `regexp` and so mo_cdc has: they match in time that grows with the length of the
 * name and no faster, whoever wrote them. What RE2 leaves out for that (look-around, backreferences) is refused.
 */
export function excludeProblems(patterns: readonly string[]): string[] {
  if (patterns.length > MOST_PATTERNS) return [`There are ${patterns.length} patterns, more than ${MOST_PATTERNS}.`];
  const problems: string[] = [];
  let instructions = 0;
  for (const pattern of patterns) {
    const found = compiled(pattern);
    if (typeof found === 'string') problems.push(`${JSON.stringify(pattern)} ${found}.`);
    else instructions += found;
    // Nor are those compiled that are still to come.
    if (instructions > MOST_INSTRUCTIONS) return [...problems, tooLarge(pattern)];
  }
  return problems;
}

/** Does some pattern match anywhere in a table's `database.table`? Throws EXCLUDE_UNSUPPORTED, rather than match less. */
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

/** Throws EXCLUDE_UNSUPPORTED where what a task was given once cannot be matched any more. */
export function refuseUnsupported(patterns: readonly string[]): void {
  const problems = excludeProblems(patterns);
  if (problems.length > 0) throw new CdcError('EXCLUDE_UNSUPPORTED', `exclude: ${problems.join(' ')}`);
}

/** How many instructions it has, or what is wrong with it. */
function compiled(pattern: string): number | string {
  if (pattern === '') return 'matches every table';
  if (pattern.length > LONGEST) return `has more than ${LONGEST} characters`;
  if (!pattern.isWellFormed()) return 'has half of a character';
  try {
    return RE2JS.compile(pattern).programSize();
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const reason = error.message.replace('error parsing regexp: ', '');
    return `is no regular expression of RE2, which has neither look-around nor backreferences: ${reason}`;
  }
}

const tooLarge = (pattern: string): string =>
  `With ${JSON.stringify(pattern)} the patterns are too large: what they repeat comes to more than ${MOST_INSTRUCTIONS} steps.`;
