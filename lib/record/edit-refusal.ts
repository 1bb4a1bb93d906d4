import { CdcError } from '../errors.ts';
import type { TaskRecord } from './task-record.ts';

/** Why an edit is refused, if the task was `seen` before the edit and is now as it was `found`. */
export function editRefusal(seen: TaskRecord, found: TaskRecord | undefined): CdcError {
  const { name } = seen.spec;
  if (found === undefined) return new CdcError('TASK_NOT_FOUND', `There is no task named "${name}".`);
  if (found.desired === 'dropping') return new CdcError('TASK_DROPPING', `The task "${name}" is being dropped.`);
  const { progress } = found;
  const isSame = found.id === seen.id && found.edits === seen.edits;
  if (!isSame || progress.selection !== seen.progress.selection) {
    return new CdcError('TASK_EDIT_CONFLICT', `The task "${name}" was changed at the same time.`);
  }
  return new CdcError('TASK_EDIT_UNDER_WAY', `The task "${name}" is just taking over an earlier edit.`);
}
