import { randomUUID } from 'node:crypto';
import { internalError } from '../matrixone-error.ts';
import { levelOf } from '../snapshots.ts';
import type { Parser } from '../sql/parser.ts';
import { fromWire, literal } from '../sql/quoting.ts';
import type { Context } from './context.ts';
import { NOTHING, readScope, requireAdministrator } from './snapshot-ddl.ts';

/** PITRs are recorded. Of the states that they hold, the emulator has those at snapshots only: see Snapshots.findAt. */
export const pitrStatement = async (parser: Parser, context: Context): Promise<string | undefined> => {
  if (parser.take('create', 'pitr')) return create(parser, context);
  if (parser.take('drop', 'pitr')) return drop(parser, context);
  if (parser.take('show', 'pitr')) return show(context);
  return undefined;
};

const show = ({ account }: Context): string =>
  'select pitr_name as `PITR_NAME`, from_unixtime(floor(create_time / 1000000000)) as `CREATED_TIME`, ' +
  'from_unixtime(floor(modified_time / 1000000000)) as `MODIFIED_TIME`, level as `PITR_LEVEL`, ' +
  "account_name as `ACCOUNT_NAME`, if(database_name = '', '*', database_name) as `DATABASE_NAME`, " +
  "if(table_name = '', '*', table_name) as `TABLE_NAME`, pitr_length as `PITR_LENGTH`, pitr_unit as `PITR_UNIT` " +
  `from mo_catalog.mo_pitr where account_name = ${literal(account)} order by create_time desc`;

const create = async (parser: Parser, context: Context): Promise<string> => {
  const ifNotExists = parser.take('if', 'not', 'exists');
  const name = fromWire(parser.declaredName());
  parser.expect('for');
  const scope = readScope(parser, context.account);
  parser.expect('range');
  const length = parser.number();
  const unit = parser.string().toLowerCase();
  parser.expectEnd();
  await requireAdministrator(context);
  if (!['h', 'd', 'mo', 'y'].includes(unit)) throw internalError(`invalid pitr unit ${unit}`);
  if (await exists(name, context)) {
    if (ifNotExists) return NOTHING;
    throw internalError(`pitr ${name} already exists`);
  }
  const now = `${Date.now()}000000`;
  const texts = [levelOf(scope), '0', context.account, scope.database ?? '', scope.table ?? '', '0', length, unit].map(
    literal,
  );
  await context.lookup.run(
    `insert into mo_catalog.mo_pitr values ('${randomUUID()}', ${literal(name)}, 0, ${now}, ${now}, ` +
      `${texts.join(', ')}, 1, ${now}, 'user')`,
  );
  return NOTHING;
};

const drop = async (parser: Parser, context: Context): Promise<string> => {
  const ifExists = parser.take('if', 'exists');
  const name = fromWire(parser.declaredName());
  parser.expectEnd();
  await requireAdministrator(context);
  if (!ifExists && !(await exists(name, context))) throw internalError(`pitr ${name} does not exist`);
  await context.lookup.run(`delete from mo_catalog.mo_pitr where ${named(name, context)}`);
  await context.snapshots.forgetUnheld();
  return NOTHING;
};

const exists = async (name: string, context: Context): Promise<boolean> => {
  const rows = await context.lookup.rows(`select 1 from mo_catalog.mo_pitr where ${named(name, context)}`);
  return rows.length > 0;
};

const named = (name: string, { account }: Context): string =>
  `pitr_name = ${literal(name)} and account_name = ${literal(account)}`;
