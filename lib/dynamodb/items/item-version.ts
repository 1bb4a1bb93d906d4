import { CdcError } from '../../errors.ts';
import { NO_NOTES } from '../../record/table-notes.ts';
import { DEFAULT_OPTIONS } from '../../task/task.ts';
import type { TaskItem } from './task-key.ts';

/**
 * The version of the items of a task, an attribute of META. Raise it with every change that an older version of the
 * product could not read or would undo, and add a step to `STEPS`.
 *
 * 1. One item with everything (up to version 0.1.0 of the product; the attribute is missing).
 * 2. Several items: task-parts.ts.
 */
export const ITEM_VERSION = 2;

/**
 * Brings a whole item forward by one version; the first step leads from version 1 to 2. Whole: with spec and progress in
 * it, however the version stores them.
 */
const STEPS: readonly ((item: TaskItem) => TaskItem)[] = [fromFirst];

/** Attributes of META that the first items lack. */
export const LACKING = ['runningSince', 'forced', 'edits', 'selection'] as const;
type Lacking = Readonly<Record<(typeof LACKING)[number], unknown>>;

/**
 * The first version grew while it was made, and had no number. What its older items lack gets the value with which the
 * task does what it did.
 */
function fromFirst(item: TaskItem): TaskItem {
  const spec = item['spec'] as TaskItem;
  const progress = item['progress'] as TaskItem;
  const pending = progress['pending'] as TaskItem | undefined;
  const lacking: Lacking = { runningSince: item['createdAt'], forced: false, edits: 0, selection: 0 };
  return {
    ...lacking,
    ...item,
    spec: { ...spec, options: { ...DEFAULT_OPTIONS, ...(spec['options'] as TaskItem) } },
    progress: {
      ...{ selection: 0, missing: [], leftOut: NO_NOTES, dropped: NO_NOTES, aside: {} },
      ...progress,
      ...(pending === undefined ? {} : { pending: { selection: 0, ...pending } }),
    },
  };
}

export const versionOf = (item: TaskItem): number => Number(item['version'] ?? 1);

/** The whole item as this version has it. STORE_NEWER if a newer version of the product wrote it. */
export function broughtForward(item: TaskItem): TaskItem {
  refuseNewer(item);
  return { ...STEPS.slice(versionOf(item) - 1).reduce((one, step) => step(one), item), version: ITEM_VERSION };
}

/** Leaves an item alone that a newer version of the product wrote: it may mean what this version cannot know. */
export function refuseNewer(item: TaskItem): void {
  if (versionOf(item) <= ITEM_VERSION) return;
  throw new CdcError(
    'STORE_NEWER',
    `The task is stored in version ${versionOf(item)}, and this deployment knows versions up to ${ITEM_VERSION}.`,
  );
}

/** For conditions of writes: nothing is written to an item of a newer version. */
export const KNOWN_VERSION = '(attribute_not_exists(#version) OR #version <= :knownVersion)';
