import type { TaskView } from '../../http/view/task-view-schema.ts';
import { STATE_TRAITS } from '../../task/state-traits.ts';
import { goTime } from './go-time.ts';
import { ofTable } from './of-table.ts';

/** What `task show` prints: the document of mo_cdc, key by key. */
export const showDocument = (tasks: readonly TaskView[], zone: string): string =>
  JSON.stringify(
    tasks.map((task) => ({
      'task-id': task.id,
      'task-name': task.name,
      'source-uri': task.sourceUri,
      'sink-uri': task.sinkUri,
      // The word of mo_cdc, which scripts look for; the error says which it is.
      state: STATE_TRAITS[task.state].calledAs,
      'err-msg': toldOf(task, task.error ?? task.warning),
      checkpoint: checkpointText(task, zone),
      timestamp: goTime(nanosOf(task.asOf), zone),
    })),
    null,
    2,
  );

const toldOf = (task: TaskView, trouble: TaskView['warning']): string =>
  trouble === null ? '' : `${trouble.code}: ${ofTable(task)}${trouble.message} ${trouble.action}`;

/** An error that is another table's alone is none of this one. */
const isOf = (error: TaskView['error'], source: string): boolean =>
  error !== null && (error.table ?? source) === source;

/**
 * Almost JSON, as mo_cdc has it: `timestamp` less these times is the lag. Tables in step share one time. While the
 * source has nothing new it moves on, as mo_cdc's does, although the task's checkpoint stands. A table that failed,
 * alone or with its task, shows with its error, and with the time 0 if it has never got to a checkpoint.
 */
function checkpointText(task: TaskView, zone: string): string {
  const reached = reachedNanos(task);
  const lines = task.tables.map(({ source, setAside }): string => {
    const failure = setAside ?? (STATE_TRAITS[task.state].failed && isOf(task.error, source) ? task.error : null);
    if (reached === undefined && failure === null) return '';
    const time = setAside === null ? reached : earlier(reached, nanosOf(setAside.at));
    return `  "${source}": ${goTime(time ?? 0n, zone)}${failure === null ? '' : failedText(failure)},\n`;
  });
  return `{\n${lines.join('')}}`;
}

function reachedNanos({ checkpoint, caughtUpAt }: TaskView): bigint | undefined {
  if (checkpoint === null) return undefined;
  const reached = BigInt(checkpoint.position.split('-')[0] ?? '0');
  const idle = caughtUpAt === null ? 0n : nanosOf(caughtUpAt);
  return reached > idle ? reached : idle;
}

/** One line: each table has its own. */
const failedText = ({ code, message }: { readonly code: string; readonly message: string }): string =>
  `(Failed, error: ${code}: ${message})`.replaceAll(/\s+/gu, ' ');

/** A table that was set aside stood at the checkpoint of that time, or a little before it. */
const earlier = (reached: bigint | undefined, aside: bigint): bigint | undefined =>
  reached === undefined || reached < aside ? reached : aside;

const nanosOf = (iso: string): bigint => BigInt(Date.parse(iso)) * 1_000_000n;
