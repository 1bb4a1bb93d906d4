import { CdcError } from '../../errors.ts';

/** What writes to a user's table or changes it; the product updates nothing but its own bookkeeping. */
const WRITE =
  /^\s*(insert into|delete from|alter table|create table(?: if not exists)?|drop table(?: if exists)?|load data local infile 'rows' into table)\s+((?:`(?:[^`]|``)*`\.)?`(?:[^`]|``)*`)/u;
/** Of an ALTER, what is done to which column; never as far as a default or a comment. */
const CLAUSE = /^ ([a-z ]+`(?:[^`]|``)*`)/u;

/** What a statement does to which table, without any value of a row; undefined for one that writes nothing of a user's. */
export function writeOf(sql: string): string | undefined {
  const start = sql.slice(0, 2_000);
  const found = WRITE.exec(start);
  if (found === null) return undefined;
  const [whole, verb = '', table = ''] = found;
  const clause = verb === 'alter table' ? (CLAUSE.exec(start.slice(whole.length))?.[1] ?? '') : '';
  return [verb.startsWith('load data') ? 'load data' : verb, table, clause].filter((part) => part !== '').join(' ');
}

/** Notes on an error that the connection was lost, after what it was lost. */
export function withLastWrite<T>(error: T, write: string | undefined): T {
  if (error instanceof CdcError && error.code === 'SINK_UNREACHABLE') error.lostAfter ??= write;
  return error;
}
