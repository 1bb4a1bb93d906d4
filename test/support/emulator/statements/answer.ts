import { MatrixOneError, notSupported } from '../matrixone-error.ts';
import { SERVER_VERSION } from '../wire/handshake.ts';
import { Parser } from '../sql/parser.ts';
import { splitStatements } from '../sql/tokens.ts';
import { accountEdits, accountStatement } from './accounts.ts';
import { branchStatement } from './branch-diff.ts';
import { columnTypeEdits } from './column-types.ts';
import type { Context } from './context.ts';
import { copyingAlterEdits } from './copying-alter.ts';
import { applyEdits, type Edit } from './edits.ts';
import { functionEdits } from './functions.ts';
import { loadStatement } from './load-data.ts';
import { moCtlStatement } from './mo-ctl.ts';
import { refuseRecased } from './modified-columns.ts';
import { describedTableEdits } from './described-table.ts';
import { pitrStatement } from './pitr.ts';
import { hashValueEdits, serialFullEdits } from './serial-full.ts';
import { tableRowsEdits } from './table-rows.ts';
import { showCreateStatement } from './show-create.ts';
import { snapshotStatement } from './snapshot-ddl.ts';
import { rowIdEdits, timedTableEdits } from './timed-tables.ts';

/** Finds statements that need parsing. Most do not, above all large ones. */
const SPECIAL =
  /\{\s*(?:snapshot|mo_ts|as\s+of|timestamp)\b|\bsnapshots?\b|\bpitrs?\b|\bmo_(?:snapshots|pitr)\b|\baccount\b|\bdata\s+branch\b|show\s+create\s+table|version|current_(?:account|role|user_id)|local_infile|\brestore\b|\bcdc\b|\bmo_ctl\b|\bclone\b|\bserial_full\b|\bhash_value\b|\bmo_table_rows\b|\b__mo_rowid\b|\bextra_info\b|\battr_generated\b|st_geomfromtext\s*\(|^\s*(?:create|alter|load|drop\s+index)\b/i;

/**
 * Leading words of statements that MatrixOne understands, and that MariaDB does not know or takes for something else.
 */
const REFUSED = [
  'restore',
  'create cdc',
  'drop cdc',
  'show cdc',
  'pause cdc',
  'resume cdc',
  'restart cdc',
  'alter pitr',
];

type Handler = (parser: Parser, context: Context) => Promise<string | undefined>;

const HANDLERS: readonly Handler[] = [
  snapshotStatement,
  pitrStatement,
  accountStatement,
  branchStatement,
  showCreateStatement,
  loadStatement,
  moCtlStatement,
  refuseRecased,
];

/** The statement that MariaDB is to answer in place of this one; undefined if it is to answer this one. */
export const answer = async (sql: string, context: Context): Promise<string | undefined> => {
  if (!SPECIAL.test(sql)) return undefined;
  const statements = splitStatements(sql);
  if (statements.length > 1 && statements.some(hasSideEffect)) {
    throw notSupported('snapshots and PITRs in a query of several statements');
  }
  const answers = [];
  for (const statement of statements) answers.push(await answerOne(statement, context));
  return answers.join(';');
};

const hasSideEffect = (sql: string): boolean => /^\s*(?:create|drop)\s+(?:snapshot|pitr)\b/i.test(sql);

/** Variables that MariaDB answers itself, apart from the version. */
const ownVariables = (names: string): string =>
  `select variable_name, if(variable_name = 'version', '${SERVER_VERSION}', variable_value) as value
   from information_schema.session_variables where variable_name in ${names}`;

const answerOne = async (sql: string, context: Context): Promise<string> => {
  refuse(sql, context);
  for (const handler of HANDLERS) {
    const replacement = await handler(new Parser(sql), context);
    if (replacement !== undefined) return replacement;
  }
  const { tokens } = new Parser(sql);
  context.temporary.note(sql, tokens);
  const variables = /^\s*show\s+(?:(?:global|session)\s+)?variables\s+like\s+'local_infile'\s*$/i.test(sql);
  if (variables) return "select 'local_infile' as Variable_name, 'off' as Value";
  const some = /^\s*show variables where variable_name in (\(.*\))\s*$/isu.exec(sql)?.[1];
  if (some !== undefined) return ownVariables(some);
  const described = await describedTableEdits(tokens, context);
  const isDescribed = ({ start }: Pick<Edit, 'start'>): boolean => described.some((edit) => edit.start === start);
  return applyEdits(sql, [
    ...described,
    ...timedTableEdits(tokens, context, isDescribed),
    ...functionEdits(sql, tokens, context.account),
    ...accountEdits(tokens, context),
    ...columnTypeEdits(sql, tokens),
    ...copyingAlterEdits(sql),
    ...serialFullEdits(sql, tokens),
    ...hashValueEdits(sql, tokens),
    ...tableRowsEdits(sql, tokens),
    ...(await rowIdEdits(tokens, context)),
  ]);
};

const refuse = (sql: string, { database }: Context): void => {
  const words = sql.trimStart().toLowerCase().split(/\s+/, 2).join(' ');
  const refused = REFUSED.find((start) => words === start || words.startsWith(`${start} `));
  if (refused !== undefined) throw notSupported(refused.toUpperCase());
  if ((database ?? '') === '' && /^\s*alter\s+table\b.*\bdrop\s+(?:index|key)\b/is.test(sql)) {
    throw new MatrixOneError(1046, 'No database selected', '3D000');
  }
};

export const asMatrixOneError = (error: unknown): MatrixOneError =>
  error instanceof MatrixOneError
    ? error
    : new MatrixOneError(20101, `internal error: emulator: ${error instanceof Error ? error.message : String(error)}`);
