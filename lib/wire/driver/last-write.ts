import { CdcError } from '../../errors.ts';

/** Statements that write to a user's table or change it. The product runs UPDATE on its own bookkeeping only. */
const WRITE =
  /^\s*(insert into|delete from|alter table|create table(?: if not exists)?|drop table(?: if exists)?|load data local infile 'rows' into table)\s+((?:`(?:[^`]|``)*`\.)?`(?:[^`]|``)*`)/u;
/** The action and the column of an ALTER, without a default or a comment. */
const CLAUSE = /^ ([a-z ]+`(?:[^`]|``)*`)/u;

/** Names a statement's action and table, without any value of a row; undefined if it writes to no user's table. */
export function writeOf(sql: string): string | undefined {
  const start = sql.slice(0, 2_000);
  const found = WRITE.exec(start);
  if (found === null) return undefined;
  const [whole, verb = '', table = ''] = found;
  const clause = verb === 'alter table' ? (CLAUSE.exec(start.slice(whole.length))?.[1] ?? '') : '';
  return [verb.startsWith('load data') ? 'load data' : verb, table, clause].filter((part) => part !== '').join(' ');
}

/** If the error is a lost sink, notes the last write before it. */
export function withLastWrite<T>(error: T, write: string | undefined): T {
  if (error instanceof CdcError && error.code === 'SINK_UNREACHABLE') error.lostAfter ??= write;
  return error;
}
