import { MatrixOneError, notSupported } from '../matrixone-error.ts';
import { tableAt } from '../snapshots.ts';
import type { Parser } from '../sql/parser.ts';
import { fromWire, toWire } from '../sql/quoting.ts';
import { resolve, type Context } from './context.ts';
import { readPoint } from './point.ts';
import { renamedColumn } from './schema-compatibility.ts';
import { diffSelect, type Diff, type DiffEnd } from './diff-select.ts';

/** `data branch diff t{snapshot='b'} against t{snapshot='a'} …` as one plain SELECT. */
export const branchStatement = async (parser: Parser, context: Context): Promise<string | undefined> => {
  if (!parser.take('data', 'branch')) return undefined;
  if (!parser.take('diff')) throw notSupported(`DATA BRANCH ${parser.identifier().toUpperCase()}`);
  const { end: target } = await readEnd(parser, context);
  parser.expect('against');
  const { end: base, ts } = await readEnd(parser, context);
  const columns = readColumns(parser);
  const output = readOutput(parser);
  parser.expectEnd();
  const knowsDeletions = await context.compactions.knowsDeletions(base, target, ts);
  const diff: Diff = { target, base, columns, output, knowsDeletions };
  await refuseRenamed(diff, context);
  return toWire(diffSelect(diff));
};

/** One end of the diff. `ts` is its time, in nanoseconds. */
const readEnd = async (parser: Parser, context: Context): Promise<{ readonly end: DiffEnd; readonly ts: string }> => {
  const { database, table } = resolve(context, parser.qualifiedName());
  if (!parser.takeSymbol('{')) {
    const { cut, table: tracked } = await context.snapshots.now(database, table);
    return { end: { ...tracked, version: cut.version }, ts: `${Date.now()}000000` };
  }
  const { cut, name, ts } = readPoint(parser, context);
  return { end: { ...tableAt(cut, database, table, name), version: cut.version }, ts };
};

const readColumns = (parser: Parser): string[] | undefined => {
  if (!parser.take('columns')) return undefined;
  parser.expectSymbol('(');
  const columns = [];
  do columns.push(fromWire(parser.identifier()));
  while (parser.takeSymbol(','));
  parser.expectSymbol(')');
  return columns;
};

const readOutput = (parser: Parser): Diff['output'] => {
  if (!parser.take('output')) return 'rows';
  if (parser.take('count')) return 'count';
  if (parser.take('limit')) return { limit: parser.number() };
  throw notSupported(`DATA BRANCH DIFF … OUTPUT ${parser.identifier().toUpperCase()}`);
};

/** After a RENAME COLUMN, MatrixOne's diff returns insertions, and fails if there is any other change. */
const refuseRenamed = async (diff: Diff, context: Context): Promise<void> => {
  const renamed = renamedColumn(diff.target, diff.base);
  if (renamed === undefined || diff.target.history.key.length === 0) return;
  const rows = diffSelect({ ...diff, columns: undefined, output: 'rows' });
  const others = await context.lookup.rows(`select 1 from (${rows}) d where flag <> 'INSERT' limit 1`);
  if (others.length === 0) return;
  throw new MatrixOneError(20301, `invalid input: column 'lca.${renamed}' does not exist`);
};
