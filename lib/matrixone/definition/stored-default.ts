import type { ColumnDefault } from '../../data/table-definition.ts';
import { parseExpression } from './expression.ts';
import { ProtoMessage } from './protobuf.ts';

/** Fields of MatrixOne's messages (proto/plan.proto). */
const DEFAULT = { expression: 1, origin: 2 };
const EXPRESSION = { literal: 2 };
const LITERAL = { text: 11 };

/** Negative numbers are stored in parentheses. */
const NUMBER = /^\(?(?<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\)?$/iu;
const NOW = /^(?:current_timestamp|now|localtime|localtimestamp)(?:\s*\(\s*(?:\d\s*)?\))?$/iu;
const BOOLEAN = /^(?:true|false)$/iu;

/**
 * Reads a column's default. The catalogue stores its value, and its words as declared. Uses the words if they cannot be
 * misread. Uses the value for texts.
 */
export function storedDefault(record: Buffer, columns: readonly string[]): ColumnDefault | undefined {
  const message = new ProtoMessage(record);
  const origin = message.text(DEFAULT.origin).trim();
  if (origin === '' || /^null$/iu.test(origin)) return undefined;
  if (NOW.test(origin)) return { kind: 'now' };
  const number = NUMBER.exec(origin)?.groups?.['number'];
  if (number !== undefined) return { kind: 'number', text: number };
  if (BOOLEAN.test(origin)) return { kind: 'boolean', value: /^true$/iu.test(origin) };
  const literal = message.message(DEFAULT.expression)?.message(EXPRESSION.literal);
  if (literal?.has(LITERAL.text) === true) return { kind: 'text', text: literal.text(LITERAL.text) };
  const quoted = /^'([^'\\]*)'$/u.exec(origin)?.[1];
  if (quoted !== undefined) return { kind: 'text', text: quoted };
  const expression = origin.startsWith('(') ? parseExpression(origin, columns) : undefined;
  return expression === undefined ? { kind: 'unknown' } : { kind: 'expression', expression };
}

export function isOnUpdateNow(record: Buffer): boolean | 'unknown' {
  const origin = new ProtoMessage(record).text(DEFAULT.origin).trim();
  if (origin === '') return false;
  return NOW.test(origin) ? true : 'unknown';
}
