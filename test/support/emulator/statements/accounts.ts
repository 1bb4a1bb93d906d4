import { internalError, missingTable } from '../matrixone-error.ts';
import type { Parser } from '../sql/parser.ts';
import { isSymbol, isWord } from '../sql/parser.ts';
import { fromWire, literal } from '../sql/quoting.ts';
import type { Token } from '../sql/tokens.ts';
import type { Context } from './context.ts';
import type { Edit } from './edits.ts';
import { NOTHING, requireAdministrator } from './snapshot-ddl.ts';

/** The account that owns everything that no other account owns. */
export const SYS = 'sys';

/**
 * Accounts, as far as tests need them: each has a quota, and does not see the snapshots and PITRs of others. All
 * accounts share their databases, and the number of the account.
 */
export const accountStatement = async (parser: Parser, context: Context): Promise<string | undefined> => {
  if (parser.take('create', 'account')) return create(parser, context);
  if (parser.take('drop', 'account')) return drop(parser, context);
  return undefined;
};

const create = async (parser: Parser, context: Context): Promise<string> => {
  const account = fromWire(parser.identifier()).toLowerCase();
  parser.expect('admin_name');
  const admin = parser.string();
  parser.expect('identified', 'by');
  const password = parser.string();
  parser.expectEnd();
  await requireSys(context);
  const user = `${literal(`${account}:${fromWire(admin)}`)}@'%'`;
  await context.lookup.run(`create user ${user} identified by ${literal(fromWire(password))}`);
  await context.lookup.run(`grant all privileges on *.* to ${user} with grant option`);
  return NOTHING;
};

const drop = async (parser: Parser, context: Context): Promise<string> => {
  parser.take('if', 'exists');
  const account = fromWire(parser.identifier()).toLowerCase();
  parser.expectEnd();
  await requireSys(context);
  const users = await context.lookup.rows(
    `select user, host from mysql.user where user like ${literal(`${account}:%`)}`,
  );
  for (const [user, host] of users) await context.lookup.run(`drop user ${literal(user ?? '')}@${literal(host ?? '')}`);
  await context.lookup.run(`delete from mo_catalog.mo_pitr where account_name = ${literal(account)}`);
  await context.snapshots.dropAll(account);
  return NOTHING;
};

const requireSys = async (context: Context): Promise<void> => {
  await requireAdministrator(context);
  if (context.account !== SYS) throw internalError('do not have privilege to execute the statement');
};

/** Accounts other than `sys` see only their own snapshots. They see PITRs by SHOW PITR only. */
export const accountEdits = (tokens: readonly Token[], { account }: Context): Edit[] => {
  if (account === SYS) return [];
  return tokens.flatMap((token, i) => {
    const table = tokens[i + 2];
    if (!isWord(token, 'mo_catalog') || !isSymbol(tokens[i + 1], '.') || table === undefined) return [];
    if (isWord(table, 'mo_pitr')) throw missingTable('mo_pitr');
    if (!isWord(table, 'mo_snapshots')) return [];
    const own = `(select * from mo_catalog.mo_snapshots where account_name = ${literal(account)}) mo_snapshots`;
    return [{ start: token.start, end: table.end, text: own }];
  });
};
