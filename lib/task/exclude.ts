/** Enough for the names of many tables, and short enough to be looked through. */
const LONGEST = 512;
const MOST_PATTERNS = 100;
/** Each repetition multiplies the time that a name may take by its length. */
const MOST_REPETITIONS = 4;

/** What is wrong with the patterns of `exclude`, one reason each. */
export function excludeProblems(patterns: readonly string[]): string[] {
  if (patterns.length > MOST_PATTERNS) return [`There are ${patterns.length} patterns, more than ${MOST_PATTERNS}.`];
  return patterns.flatMap((pattern) => {
    const problem = patternProblem(pattern);
    return problem === undefined ? [] : [`${JSON.stringify(pattern)} ${problem}.`];
  });
}

/** Does some pattern match anywhere in a table's `database.table`? */
export function excluder(patterns: readonly string[]): (key: string) => boolean {
  const expressions = patterns.map((pattern) => new RegExp(pattern, 'u'));
  return (key) => expressions.some((expression) => expression.test(key));
}

function patternProblem(pattern: string): string | undefined {
  if (pattern === '') return 'matches every table';
  if (pattern.length > LONGEST) return `has more than ${LONGEST} characters`;
  try {
    new RegExp(pattern, 'u');
  } catch {
    return 'is no regular expression (JavaScript, with the flag u)';
  }
  return slowness(pattern);
}

/** A group: does it hold something repeated, or a choice? Repeating that may take time without end. */
interface Group {
  varies: boolean;
}

/** Why a pattern may take longer than anybody waits, for some name. */
function slowness(pattern: string): string | undefined {
  const plain = pattern.replace(/\\(?:[pPu]\{[^}]*\}|k<[^>]*>|.)/gsu, 'a').replace(/\[[^\]]*\]/gu, 'a');
  const groups: Group[] = [{ varies: false }];
  let repetitions = 0;
  for (const [token] of plain.matchAll(
    /\)(?:[*+]|\{\d+(?:,\d*)?\})?|[*+?|]|\{\d+,\d*\}|\((?:\?(?:<?[=!:]|<\w+>|:))?/gu,
  )) {
    if (token.startsWith('(')) {
      groups.push({ varies: false });
      continue;
    }
    const closed = token.startsWith(')') ? groups.pop() : undefined;
    const repeats = /[*+}]$/u.test(token);
    if (repeats && closed?.varies === true)
      return 'repeats a group that itself repeats or chooses, which may take for ever';
    if (repeats) repetitions += 1;
    const outer = groups.at(-1);
    if (outer !== undefined && (closed === undefined || closed.varies || repeats)) outer.varies = true;
  }
  return repetitions > MOST_REPETITIONS
    ? `repeats more than ${MOST_REPETITIONS} times, which may take for ever`
    : undefined;
}
