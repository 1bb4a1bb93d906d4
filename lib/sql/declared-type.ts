import { CdcError } from '../errors.ts';
import type { Column } from '../data/table-definition.ts';
import { quoteText } from './literal.ts';

const PLAIN =
  /^[a-z][a-z0-9]{0,31}(?: precision)?(?:\(\d{1,10}(?:,\d{1,10})?\))?(?: unsigned)?(?: zerofill)?(?: srid \d{1,10})?$/u;
const ARRAY = /^(?:array\(){1,8}[a-z][a-z0-9]{0,31}(?:\(\d{1,10}(?:,\d{1,10})?\))?(?: unsigned)?\){1,8}$/u;

/**
 * A column's type as SQL. Every type that reaches a statement passes through here. Throws TYPE_UNSUPPORTED if the type
 * does not have a type's grammar, wherever it came from. Labels are written as texts.
 */
export function declaredType({ type, labels }: Pick<Column, 'type' | 'labels'>): string {
  if (!PLAIN.test(type) && !ARRAY.test(type)) {
    throw new CdcError('TYPE_UNSUPPORTED', `This is not the type of a column: ${JSON.stringify(type.slice(0, 100))}.`);
  }
  return labels === undefined ? type : `${type}(${labels.map(quoteText).join(',')})`;
}
