import { sameSelection } from '../task/edit-spec.ts';
import { selectionBefore, type TaskRecord } from '../record/task-record.ts';
import type { TaskSpec } from '../task/task.ts';
import { ITEM_VERSION } from './items/item-version.ts';
import { specItem } from './items/task-parts.ts';
import type { Transition } from './transition.ts';
import type { TaskItem } from './items/task-key.ts';

/**
 * The writes that replace the declaration. Their condition: the task is still as `seen`. The token stays in the item
 * until the next edit.
 */
export function editTransition(
  seen: TaskRecord,
  spec: TaskSpec,
  token: string,
): { readonly change: Transition; readonly puts: readonly TaskItem[] } {
  const same = sameSelection(seen.spec, spec);
  const change = {
    step: 'edit the task',
    update: `SET #editToken = :token, #edits = #edits + :one${same ? '' : ', #selection = #selection + :one'}`,
    condition: `attribute_exists(#pk) AND #version = :version AND #id = :id AND #edits = :edits AND #desired <> :dropping${same ? '' : ` AND ${FREE}`}`,
    values: {
      ':token': token,
      ':one': 1,
      ':version': ITEM_VERSION,
      ':id': seen.id,
      ':edits': seen.edits,
      ':dropping': 'dropping',
      ...(same ? {} : { ':adopted': seen.progress.selection }),
    },
  };
  const before = same ? seen.before : selectionBefore(seen);
  return { change, puts: [specItem(seen.spec.name, seen.id, { edits: seen.edits + 1, spec, before })] };
}

/** No worker is adopting an earlier edit now, and none has adopted one since the task was seen. */
const FREE = `#progress.#selection = :adopted AND
  (attribute_not_exists(#progress.#pending) OR #progress.#pending.#selection = #progress.#selection)`;
