import type { SinkTable } from '../../replication/endpoints/sink-tables.ts';
import type { Alteration } from './alteration.ts';
import type { Modification, Dialect } from '../dialect/dialect.ts';
import { columnAnew, nullableLine, dropIndex, modifyClause } from '../dialect/column-clauses.ts';
import { quoteNames } from '../../sql/identifier.ts';

const isNewKey = (clause: string): boolean => clause.startsWith('add primary key');
export const hasNewKey = ({ reshape }: Alteration): boolean => reshape.some(isNewKey);

/**
 * Does the plan add a key, or change a key column that cannot hold all new values yet? No present row has such a key.
 */
export const isOfKey = (plan: Alteration): boolean =>
  hasNewKey(plan) || plan.modify.some(({ inKey, mayWait }) => inKey && !mayWait);

/** A column may become NULL only after it has left the key, and must be NOT NULL before it enters the key. */
export function inOrder(
  { renames, dropIndexes, reshape, modify }: Alteration,
  modified: readonly string[] = modify.map(modifyClause),
) {
  const at = reshape.findIndex(isNewKey);
  const [first, last] = at < 0 ? [reshape, []] : [reshape.slice(0, at), reshape.slice(at)];
  return [...renames, ...dropIndexes, ...first, ...modified, ...last];
}

/** The plan, but with new columns that may be NULL until the rows are there. */
export const loosened = (plan: Alteration): Alteration => ({ ...plan, reshape: plan.loosely ?? plan.reshape });

/** The clauses for a table without rows. A server that cannot modify every type drops a column and adds it again. */
export function whenEmpty(plan: Alteration, { schema }: SinkTable, { modifiesAnyType }: Dialect): string[] {
  if (modifiesAnyType) return inOrder(plan);
  const isAnew = ({ mayWait }: Modification): boolean => !mayWait;
  const anew = plan.modify.filter(isAnew);
  const dropped = anew.flatMap(({ indexes }) => indexes.map(dropIndex));
  const line = ({ line, inKey, nullable }: Modification): string =>
    inKey || nullable ? line.line : nullableLine(line);
  const changed = plan.modify.flatMap((each) =>
    isAnew(each) ? columnAnew(each.line, line(each)) : [modifyClause(each)],
  );
  const ofKey = !hasNewKey(plan) && anew.some(({ inKey }) => inKey);
  const key = ofKey ? ['drop primary key', `add primary key (${quoteNames(schema.key)})`] : [];
  const dropIndexes = [...new Set([...plan.dropIndexes, ...dropped])];
  return inOrder({ ...plan, dropIndexes }, [...key.slice(0, 1), ...changed, ...key.slice(1)]);
}
