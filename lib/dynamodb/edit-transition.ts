import { sameSelection } from '../task/edit-spec.ts';
import { selectionBefore, type TaskRecord } from '../record/task-record.ts';
import type { TaskSpec } from '../task/task.ts';
import type { Transition } from './transition.ts';

/**
 * The write that replaces the declaration. Its condition: the task is still as `seen`. The token stays in the item
 * until the next edit.
 */
export function editTransition(seen: TaskRecord, spec: TaskSpec, token: string): Transition {
  const same = sameSelection(seen.spec, spec);
  return {
    step: 'edit the task',
    update: `SET #spec = :spec, #editToken = :token, #edits = #edits + :one${same ? '' : ', #selection = #selection + :one, #before = :before'}`,
    condition: `attribute_exists(#pk) AND #id = :id AND #edits = :edits AND #desired <> :dropping${same ? '' : ` AND ${FREE}`}`,
    values: {
      ':spec': spec,
      ':token': token,
      ':one': 1,
      ':id': seen.id,
      ':edits': seen.edits,
      ':dropping': 'dropping',
      ...(same ? {} : { ':before': selectionBefore(seen), ':adopted': seen.progress.selection }),
    },
  };
}

/** No worker is adopting an earlier edit now, and none has adopted one since the task was seen. */
const FREE = `#progress.#selection = :adopted AND
  (attribute_not_exists(#progress.#pending) OR #progress.#pending.#selection = #progress.#selection)`;
