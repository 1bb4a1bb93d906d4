import type { TaskView } from '../../http/view/task-view-schema.ts';
import { STATE_TRAITS } from '../../task/state-traits.ts';
import { goTime } from './go-time.ts';
import { ofTable } from './of-table.ts';

/** The document that `task show` prints: that of mo_cdc, key by key. */
export const showDocument = (tasks: readonly TaskView[], zone: string): string =>
  JSON.stringify(
    tasks.map((task) => ({
      'task-id': task.id,
      'task-name': task.name,
      'source-uri': task.sourceUri,
      'sink-uri': task.sinkUri,
      // Scripts look for mo_cdc's word. The error tells the state apart.
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

/** Does the error concern this table? An error that belongs to another table does not. */
const isOf = (error: TaskView['error'], source: string): boolean =>
  error !== null && (error.table ?? source) === source;

/**
 * The checkpoints of the tables, in the almost-JSON that mo_cdc prints. A client gets the lag by subtracting these
 * times from `timestamp`. Tables that replicate in step share one time. While the source has nothing new, this time
 * moves on, as mo_cdc's does, although the task's checkpoint does not. A table that failed, alone or with its task,
 * shows its error. Its time is 0 if it never reached a checkpoint.
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

/** On one line, because each table has one line. */
const failedText = ({ code, message }: { readonly code: string; readonly message: string }): string =>
  `(Failed, error: ${code}: ${message})`.replaceAll(/\s+/gu, ' ');

/** A table that was set aside had reached the checkpoint of that moment, or an earlier one. */
const earlier = (reached: bigint | undefined, aside: bigint): bigint | undefined =>
  reached === undefined || reached < aside ? reached : aside;

const nanosOf = (iso: string): bigint => BigInt(Date.parse(iso)) * 1_000_000n;
