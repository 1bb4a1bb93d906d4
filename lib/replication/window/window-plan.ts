import type { TableSchema } from '../../data/change.ts';
import { tableKey, type TableMapping, type TableKey } from '../../task/task.ts';
import type { SinkTable } from '../endpoints/sink-tables.ts';
import type { SetChange } from '../tables/table-set.ts';

interface Altered {
  readonly table: SinkTable;
  /** The source table's schema at the window's beginning, if it existed and its sink table should follow from there. */
  readonly before: TableSchema | undefined;
}

/** Net changes to apply. The rows have the same columns and key at both ends of the window. */
interface Apply {
  readonly action: 'apply';
  readonly table: SinkTable;
}

/** Indexes, defaults or the like to alter; the net changes follow, if there are any (`changed`). */
interface Alter extends Altered {
  readonly action: 'alter';
  readonly changed: boolean;
}

/**
 * A table to compare with its sink table. Net changes do not lead from one end of the window to the other, since the table
 * was altered, truncated or made anew, or the source cannot compute its changes. Also a table that comes back, over the rows
 * that the task left at the sink.
 */
interface Resync extends Altered {
  readonly action: 'resync';
  /** The table is new to the task, and its sink table may be somebody else's: refuse it if it does not fit. */
  readonly isNew?: boolean;
}

/**
 * A table without its schema. `load`: it is new to the task. `create`: it is new, and comes without its rows: only later
 * changes count. `drop`: it existed at the window's beginning and is gone, and so is its sink table to be.
 */
interface Whole {
  readonly action: 'load' | 'create' | 'drop';
  readonly mapping: TableMapping;
}

/** A source table (`db.table`) that the task names and that does not exist at the window's end. */
interface Missing {
  readonly action: 'missing';
  readonly table: TableKey;
}

/** What a window does to one table. A table without changes has no step. */
export type TableStep = Apply | Alter | Resync | Whole | Missing;

type Action = TableStep['action'];
type StepOf<A extends Action> = TableStep & { readonly action: A };

/** The work of a window. */
export interface WindowPlan {
  readonly steps: readonly TableStep[];
  readonly set: SetChange;
}

/** The steps of these actions, in the order of the plan. */
export function stepsOf<A extends Action>({ steps }: Pick<WindowPlan, 'steps'>, ...actions: readonly A[]): StepOf<A>[] {
  const wanted: ReadonlySet<Action> = new Set(actions);
  return steps.filter((step): step is StepOf<A> => wanted.has(step.action));
}

/** The tables whose net changes are applied. */
export const changedTables = (plan: WindowPlan): SinkTable[] =>
  stepsOf(plan, 'apply', 'alter').flatMap((step) => (step.action === 'apply' || step.changed ? [step.table] : []));

/** Does the window do nothing but apply net changes? */
export const isOnlyRows = ({ steps }: WindowPlan): boolean =>
  steps.every(({ action }) => action === 'apply' || action === 'missing');

/** Has the task the same tables at both ends of the window? */
export const hasSameTables = ({ set: { added, dropped, removed } }: WindowPlan): boolean =>
  [added, dropped, removed].every((tables) => tables.length === 0);

/** Is there nothing to be done at the sink? */
export const isEmpty = ({ steps }: WindowPlan): boolean => steps.every(({ action }) => action === 'missing');

/** Does the window plan chunks? */
export const hasChunks = ({ steps }: WindowPlan): boolean =>
  steps.some(({ action }) => action === 'load' || action === 'resync');

/** Source tables (`db.table`) of the plan's resyncs. */
export const resynced = (plan: WindowPlan): ReadonlySet<TableKey> =>
  new Set(stepsOf(plan, 'resync').map(({ table }) => tableKey(table.schema.table)));

/** Source tables (`db.table`) that the task names and that do not exist at the window's end. */
export const missingTables = (plan: WindowPlan): TableKey[] => stepsOf(plan, 'missing').map(({ table }) => table);
