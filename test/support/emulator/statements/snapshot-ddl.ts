import { internalError, notSupported } from '../matrixone-error.ts';
import type { Scope } from '../history/history.ts';
import type { Parser } from '../sql/parser.ts';
import { fromWire, literal } from '../sql/quoting.ts';
import type { Context } from './context.ts';

/** Does nothing, and is answered like a statement without a result. */
export const NOTHING = 'do 0';

/** The statement for MariaDB to answer; undefined if this is no statement about snapshots. */
export const snapshotStatement = async (parser: Parser, context: Context): Promise<string | undefined> => {
  if (parser.take('create', 'snapshot')) return create(parser, context);
  if (parser.take('drop', 'snapshot')) return drop(parser, context);
  if (parser.take('show', 'snapshots')) return show(parser, context);
  return undefined;
};

const create = async (parser: Parser, context: Context): Promise<string> => {
  const ifNotExists = parser.take('if', 'not', 'exists');
  const name = fromWire(parser.declaredName());
  parser.expect('for');
  const scope = readScope(parser, context.account);
  parser.expectEnd();
  await requireAdministrator(context);
  if (!(ifNotExists && context.snapshots.has(name))) await context.snapshots.create(name, scope, context.account);
  return NOTHING;
};

export const readScope = (parser: Parser, account: string): Scope => {
  if (parser.take('cluster')) throw notSupported('objects of the whole cluster');
  if (parser.take('account')) {
    if (!parser.done && parser.peek()?.text.toLowerCase() !== 'range') requireOwn(parser.identifier(), account);
    return { database: undefined, table: undefined };
  }
  if (parser.take('database')) return { database: fromWire(parser.identifier()), table: undefined };
  parser.expect('table');
  return { database: fromWire(parser.identifier()), table: fromWire(parser.identifier()) };
};

const requireOwn = (named: string, account: string): void => {
  if (named.toLowerCase() !== account && named !== ';') throw internalError(`account ${named} does not exist`);
};

const drop = async (parser: Parser, context: Context): Promise<string> => {
  const ifExists = parser.take('if', 'exists');
  const name = fromWire(parser.declaredName());
  parser.expectEnd();
  await requireAdministrator(context);
  if (!ifExists || context.snapshots.has(name)) await context.snapshots.drop(name);
  return NOTHING;
};

const show = (parser: Parser, { account }: Context): string => {
  if (!parser.done) throw notSupported('conditions of SHOW SNAPSHOTS');
  return (
    'select sname as `SNAPSHOT_NAME`, from_unixtime(ts / 1000000000) as `TIMESTAMP`, level as `SNAPSHOT_LEVEL`, ' +
    'account_name as `ACCOUNT_NAME`, database_name as `DATABASE_NAME`, table_name as `TABLE_NAME` ' +
    `from mo_catalog.mo_snapshots where account_name = ${literal(account)} order by ts desc`
  );
};

export const requireAdministrator = async (context: Context): Promise<void> => {
  if (context.user === 'root') return;
  const user = `'${context.user.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  const rows = await context.lookup.rows(`select 1 from mysql.user where user = ${user} and super_priv = 'Y'`);
  if (rows.length === 0) throw internalError('do not have privilege to execute the statement');
};
