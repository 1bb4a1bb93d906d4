import type { TaskView } from '../http/task-view-schema.ts';
import { goTime } from './go-time.ts';

/** What `task show` prints: the document of mo_cdc, key by key. */
export const showDocument = (tasks: readonly TaskView[], zone: string): string =>
  JSON.stringify(
    tasks.map((task) => ({
      'task-id': task.id,
      'task-name': task.name,
      'source-uri': task.sourceUri,
      'sink-uri': task.sinkUri,
      state: task.state,
      'err-msg': task.error === null ? '' : `${task.error.code}: ${task.error.message} ${task.error.action}`,
      checkpoint: checkpointText(task, zone),
      timestamp: goTime(nanosOf(task.asOf), zone),
    })),
    null,
    2,
  );

/**
 * Almost JSON, as mo_cdc has it: `timestamp` less these times is the lag. All tables of a task share one time. While
 * the source has nothing new it moves on, as mo_cdc's does, although the task's checkpoint stands.
 */
function checkpointText(task: TaskView, zone: string): string {
  const { checkpoint, caughtUpAt } = task;
  if (checkpoint === null) return '{\n}';
  const reached = BigInt(checkpoint.position.split('-')[0] ?? '0');
  const idle = caughtUpAt === null ? 0n : nanosOf(caughtUpAt);
  const time = goTime(reached > idle ? reached : idle, zone);
  return `{\n${task.tables.map(({ source }) => `  "${source}": ${time},\n`).join('')}}`;
}

const nanosOf = (iso: string): bigint => BigInt(Date.parse(iso)) * 1_000_000n;
