import type { TrackedTable } from '../history/catalogue.ts';
import { sameRow } from '../history/history-table.ts';
import { columnOf, type Shape } from '../history/shape.ts';
import type { ShapeColumn } from '../history/shape-column.ts';
import { internalError, notSupported } from '../matrixone-error.ts';
import { tableAt } from '../snapshots.ts';
import type { Parser } from '../sql/parser.ts';
import { identifier, literal, toWire } from '../sql/quoting.ts';
import { resolve, type Context } from './context.ts';
import { checkCompatible } from './schema-compatibility.ts';

interface Diff {
  /** The state asked for, and the one that it is compared with. */
  readonly target: Side;
  readonly base: Side;
  readonly columns: readonly string[] | undefined;
  readonly output: 'rows' | 'count' | { readonly limit: string };
}

interface Side extends TrackedTable {
  readonly version: number;
}

/** `data branch diff t{snapshot='b'} against t{snapshot='a'} …` as one plain SELECT. */
export const branchStatement = async (parser: Parser, context: Context): Promise<string | undefined> => {
  if (!parser.take('data', 'branch')) return undefined;
  if (!parser.take('diff')) throw notSupported(`DATA BRANCH ${parser.identifier().toUpperCase()}`);
  const target = await readSide(parser, context);
  parser.expect('against');
  const base = await readSide(parser, context);
  const columns = readColumns(parser);
  const output = readOutput(parser);
  parser.expectEnd();
  return toWire(select({ target, base, columns, output }));
};

const readSide = async (parser: Parser, context: Context): Promise<Side> => {
  const { database, table } = resolve(context, parser.qualifiedName());
  if (!parser.takeSymbol('{')) {
    const { cut, table: tracked } = await context.snapshots.now(database, table);
    return { ...tracked, version: cut.version };
  }
  if (!parser.take('snapshot')) throw notSupported('DATA BRANCH DIFF at a time');
  parser.expectSymbol('=');
  const name = parser.peek()?.kind === 'string' ? parser.string() : parser.declaredName();
  parser.expectSymbol('}');
  const { cut } = context.snapshots.find(name);
  return { ...tableAt(cut, database, table, name), version: cut.version };
};

const readColumns = (parser: Parser): string[] | undefined => {
  if (!parser.take('columns')) return undefined;
  parser.expectSymbol('(');
  const columns = [];
  do columns.push(Buffer.from(parser.identifier(), 'latin1').toString('utf8'));
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

const select = (diff: Diff): string => {
  const { target, base } = diff;
  checkCompatible(target, base);
  if (target.history.key.length === 0) throw notSupported('DATA BRANCH DIFF of a table without primary key');
  if (diff.output === 'count') {
    return `select count(*) as \`COUNT(*)\` from (${present(diff, ['1'])} union all ${gone(diff, ['1'])}) d`;
  }
  const header = identifier(`diff ${target.shape.table} against ${base.shape.table}`);
  const name = `${literal(target.shape.table)} as ${header}`;
  const shown = shownColumns(target.shape, diff.columns);
  const [first = ''] = target.history.key.map(identifier);
  const flag = `if(o.${first} is null, 'INSERT', 'UPDATE') as flag`;
  const rows = [
    present(diff, [name, flag, ...shown.map((column) => shownValue('n', column))]),
    gone(diff, [name, "'DELETE'", ...shown.map((column) => shownValue('o', column))]),
  ].join(' union all ');
  return diff.output === 'rows' ? rows : `${rows} limit ${diff.output.limit}`;
};

/** Rows that the target has and the base has not, or has otherwise. */
const present = ({ target, base }: Diff, values: readonly string[]): string => {
  const { history, shape } = target;
  const old = `left join ${history.name} o on ${history.sameKey('n', 'o')} and ${history.visible('o', base.version)}`;
  const [first = ''] = history.key.map(identifier);
  const changed = `(o.${first} is null or not (${sameRow(shape.columns, 'n', 'o')}))`;
  const where = `${history.visibleOnlyAt('n', target.version, base.version)} and ${changed}`;
  return `select ${values.join(', ')} from ${history.name} n ${old} where ${where}`;
};

/** Rows that only the base has. */
const gone = ({ target, base }: Diff, values: readonly string[]): string => {
  const { history } = target;
  const kept = `left join ${history.name} n on ${history.sameKey('n', 'o')} and ${history.visible('n', target.version)}`;
  const [first = ''] = history.key.map(identifier);
  const where = `${history.visibleOnlyAt('o', base.version, target.version)} and n.${first} is null`;
  return `select ${values.join(', ')} from ${history.name} o ${kept} where ${where}`;
};

const shownColumns = (shape: Shape, names: readonly string[] | undefined): readonly ShapeColumn[] =>
  names === undefined
    ? shape.columns
    : names.map((name) => {
        const column = columnOf(shape, name);
        if (column === undefined) throw internalError(`column '${name}' does not exist in table '${shape.table}'`);
        return column;
      });

/** MatrixOne's trap: enum and set come as numbers. */
const shownValue = (alias: string, column: ShapeColumn): string => {
  const value = `${alias}.${identifier(column.name)}`;
  const isNumbered = /^(?:enum|set)\b/.test(column.type);
  return `${isNumbered ? `cast(${value} + 0 as unsigned)` : value} as ${identifier(column.name)}`;
};
