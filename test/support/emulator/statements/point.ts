import type { Snapshot } from '../snapshots.ts';
import type { Parser } from '../sql/parser.ts';
import type { Context } from './context.ts';

/** Reads what follows the `{` after a table: `snapshot = 'name'}` or `MO_TS = nanoseconds}`. */
export const readPoint = (parser: Parser, context: Context): Snapshot => {
  const isTime = parser.take('mo_ts');
  if (!isTime) parser.expect('snapshot');
  parser.expectSymbol('=');
  const name = isTime ? parser.number() : parser.peek()?.kind === 'string' ? parser.string() : parser.declaredName();
  parser.expectSymbol('}');
  return isTime ? context.snapshots.findAt(name) : context.snapshots.find(name);
};
