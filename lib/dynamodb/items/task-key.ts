/** An item as it is stored. */
export type TaskItem = Record<string, unknown>;

/** The kind of the item that the index of tasks has. */
export const TASK_KIND = 'TASK';

interface ItemKey extends Record<string, string> {
  readonly pk: string;
  readonly sk: string;
}

/** The key of one item of a task. */
export const partKey = (taskName: string, sk: string): ItemKey => ({ pk: `TASK#${taskName}`, sk });

/** The key of the item that a task has all its life, with what is written often. */
export const taskKey = (taskName: string): ItemKey => partKey(taskName, 'META');
