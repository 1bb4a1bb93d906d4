import { quoteName } from '../../sql/identifier.ts';
import { quoteText } from '../../sql/literal.ts';
import type { ColumnDefault, Expression, ExpressionToken } from '../../data/table-definition.ts';

const NUMBER = /^(?:0x[0-9a-f]+|[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)$/iu;
const WORD = /^[a-z_]\w*$/u;
const SYMBOL = /^(?:<=>|<=|>=|<>|!=|\|\||&&|[-+*/%(),.<>=!&|^~])$/u;

/**
 * A parenthesis follows a function's name at once. All other tokens have a space between them, so that no two symbols
 * make a third.
 */
export const writeExpression = (expression: Expression): string =>
  expression
    .map(
      (token, i) =>
        `${i === 0 || (token.text === '(' && expression[i - 1]?.kind === 'word') ? '' : ' '}${write(token)}`,
    )
    .join('');

function write({ kind, text }: ExpressionToken): string {
  if (kind === 'column') return quoteName(text);
  if (kind === 'text') return quoteText(text);
  const grammar = { number: NUMBER, word: WORD, symbol: SYMBOL }[kind];
  if (!grammar.test(text)) throw new TypeError(`not a ${kind} of an expression: ${JSON.stringify(text)}`);
  return text;
}

/** Writes a default as MatrixOne takes it for a column of this type. */
export function writeDefault(value: Exclude<ColumnDefault, { kind: 'unknown' }>, type: string): string {
  if (value.kind === 'text') return quoteText(value.text);
  if (value.kind === 'boolean') return String(value.value);
  if (value.kind === 'now') return now(type);
  return value.kind === 'number' ? write({ kind: 'number', text: value.text }) : writeExpression(value.expression);
}

/** Has as many digits of a second as the column. */
function now(type: string): string {
  const digits = /^(?:datetime|timestamp)\((\d)\)/u.exec(type)?.[1] ?? '';
  return digits === '' ? 'current_timestamp' : `current_timestamp(${digits})`;
}
