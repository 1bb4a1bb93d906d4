const LONGEST = 64;

/** What is wrong with a task's name, if anything. Any script is fine; the name has to fit into one part of a URL. */
export function taskNameProblem(name: string): string | undefined {
  const length = Array.from(name).length;
  if (length === 0) return 'The task name is empty.';
  if (length > LONGEST) return `The task name has ${length} characters, more than ${LONGEST}.`;
  if (/[\p{Cc}\u2028\u2029]/u.test(name)) return 'The task name has a control character.';
  if (!name.isWellFormed()) return 'The task name has half of a character.';
  if (name.includes('/')) return 'The task name has a slash.';
  if (name === '.' || name === '..') return 'The task name cannot be only dots: URLs give them another meaning.';
  if (name.trim() !== name) return 'The task name starts or ends with a space.';
  return undefined;
}
