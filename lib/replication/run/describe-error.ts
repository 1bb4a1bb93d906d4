import { cutText } from '../../cut-text.ts';
import type { CdcError } from '../../errors.ts';
import type { LostSink, TaskError, Tries } from '../../record/task-record.ts';
import { TableError } from '../../data/table-error.ts';
import { type TableKey, tableEntriesOf } from '../../task/task.ts';

/** The task's item must stay small, so it forgets the tables that failed longest ago beyond this number. */
const MOST_TABLES = 50;

/**
 * The error as the task stores it. `last` is the error stored before it, as long as nothing succeeded since. `now` in
 * milliseconds since 1970.
 */
export function describeError(error: CdcError, last: TaskError | undefined, now: number): TaskError {
  const { code, action, retry } = error;
  // The log has the whole message.
  const message = cutText(error.message);
  const table = error instanceof TableError ? error.table : undefined;
  const of = table === undefined ? last?.ofTables : withTry(last?.ofTables ?? {}, table, now);
  const known = of === undefined ? {} : { ofTables: of };
  const lost = lostSink(error, last?.lost);
  const told = lost === undefined ? {} : { lost };
  return { code, message, action, retry, ...oneMore(last, now), lastAt: now, table, ...known, ...told };
}

/** A connection may break for many reasons. Only a server that has gone down is also unreachable for a while. */
function lostSink({ code, lostAfter }: CdcError, last: LostSink | undefined): LostSink | undefined {
  if (lostAfter !== undefined) {
    const again = last?.statement === lostAfter && last.down;
    return { statement: lostAfter, times: again ? last.times + 1 : 1, down: false };
  }
  return last !== undefined && code === 'SINK_UNREACHABLE' ? { ...last, down: true } : last;
}

const oneMore = (last: Tries | undefined, now: number): Tries =>
  last === undefined ? { attempts: 1, firstAt: now } : { attempts: last.attempts + 1, firstAt: last.firstAt };

function withTry(of: Readonly<Record<TableKey, Tries>>, table: TableKey, now: number): Record<TableKey, Tries> {
  const others = tableEntriesOf(of).filter(([name]) => name !== table);
  return Object.fromEntries([...others.slice(1 - MOST_TABLES), [table, oneMore(of[table], now)]]);
}
