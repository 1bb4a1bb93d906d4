import { randomBytes } from 'crypto';
import { unseenIn } from './name-text.ts';

const LONGEST = 64;

/**
 * The problem with a task's name; undefined if there is none. Any script is allowed. But the name is one part of a
 * URL's path, and some gateways decode that once more than others do, or cut it off at a question mark.
 */
export function taskNameProblem(name: string): string | undefined {
  // If the text is too long anyway, do not count its characters.
  const length = name.length > 2 * LONGEST ? name.length : Array.from(name).length;
  if (length === 0) return 'The task name is empty.';
  if (length > LONGEST) return `The task name has ${length} characters, more than ${LONGEST}.`;
  if (/[\p{Cc}\u2028\u2029]/u.test(name)) return 'The task name has a control character.';
  if (!name.isWellFormed()) return 'The task name has an incomplete character (half of a surrogate pair).';
  const separator = /[/?#]|%[0-9a-f]{2}/iu.exec(name)?.[0];
  if (separator !== undefined) return `The task name has ${separator}, which has another meaning in URLs.`;
  if (name === '.' || name === '..') return 'The task name is only dots, which have another meaning in URLs.';
  if (name.trim() !== name) return 'The task name starts or ends with a space.';
  return undefined;
}

/**
 * The problem with the name of a new task. New names must not look like one another. Existing tasks keep their names.
 */
export function newTaskNameProblem(name: string): string | undefined {
  const problem = taskNameProblem(name);
  if (problem !== undefined) return problem;
  const unseen = unseenIn(name);
  if (unseen !== undefined) return `The task name has an invisible character (${unseen}).`;
  if (name === name.normalize('NFC')) return undefined;
  return 'The task name has accents as separate characters. Write each letter and its accent as one character (NFC).';
}

/** A UUID of version 7 (RFC 9562): 48 bits of milliseconds, so that ids sort by time of creation, then random bits. */
export function newTaskId(now: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
}
