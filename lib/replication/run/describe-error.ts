import { cutText } from '../../cut-text.ts';
import type { CdcError } from '../../errors.ts';
import type { LostSink, TaskError, Tries } from '../../record/task-record.ts';
import { TableError } from '../../data/table-error.ts';

/** The task's item has to stay small: of more tables, those that failed longest ago are forgotten. */
const MOST_TABLES = 50;

/** What is stored of a failure that comes after `last`, which is there as long as nothing has come forward since. */
export function describeError(error: CdcError, last: TaskError | undefined, now: number): TaskError {
  const { code, action, retry } = error;
  // The log has the whole of it.
  const message = cutText(error.message);
  const table = error instanceof TableError ? error.table : undefined;
  const of = table === undefined ? last?.ofTables : withTry(last?.ofTables ?? {}, table, now);
  const known = of === undefined ? {} : { ofTables: of };
  const lost = lostSink(error, last?.lost);
  const told = lost === undefined ? {} : { lost };
  return { code, message, action, retry, ...oneMore(last, now), lastAt: now, table, ...known, ...told };
}

/** A connection may break for many reasons. A server that has gone down is not there for a while. */
function lostSink({ code, lostAfter }: CdcError, last: LostSink | undefined): LostSink | undefined {
  if (lostAfter !== undefined) {
    const again = last?.statement === lostAfter && last.down;
    return { statement: lostAfter, times: again ? last.times + 1 : 1, down: false };
  }
  return last !== undefined && code === 'SINK_UNREACHABLE' ? { ...last, down: true } : last;
}

const oneMore = (last: Tries | undefined, now: number): Tries =>
  last === undefined ? { attempts: 1, firstAt: now } : { attempts: last.attempts + 1, firstAt: last.firstAt };

function withTry(of: Readonly<Record<string, Tries>>, table: string, now: number): Record<string, Tries> {
  const others = Object.entries(of).filter(([name]) => name !== table);
  return Object.fromEntries([...others.slice(1 - MOST_TABLES), [table, oneMore(of[table], now)]]);
}
