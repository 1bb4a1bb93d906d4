import type { TaskSummary } from '../../../http/view/task-view-schema.ts';
import { STATE_TRAITS } from '../../../task/state-traits.ts';
import { stateRank } from '../data/state-tone.ts';

export const GROUPS = ['all', 'attention', 'active', 'rest'] as const;
export type Group = (typeof GROUPS)[number];

export const COLUMNS = ['name', 'state', 'lag', 'rate', 'trouble', 'history'] as const;
export type Column = (typeof COLUMNS)[number];

export interface Sort {
  readonly column: Column;
  readonly isDown: boolean;
}

export interface Row {
  readonly task: TaskSummary;
  /** Rows a second; null if unknown. */
  readonly rate: number | null;
}

/** Tables that were set aside, and the one that the task's error is about. */
export function tablesInTrouble({ tables, error }: TaskSummary): number {
  const aside = tables.phases.setAside ?? 0;
  return aside + (error !== null && error.table !== null ? 1 : 0);
}

const isIn: Readonly<Record<Group, (task: TaskSummary) => boolean>> = {
  all: () => true,
  attention: (task) =>
    STATE_TRAITS[task.state].needsHelp || task.error !== null || task.warning !== null || tablesInTrouble(task) > 0,
  active: ({ state }) => STATE_TRAITS[state].goesOn,
  rest: ({ state }) => STATE_TRAITS[state].atRest,
};

export const countOf = (group: Group, rows: readonly Row[]): number =>
  rows.filter(({ task }) => isIn[group](task)).length;

/** The rows that the user looks for. Every word must be somewhere in the task. */
export function found(rows: readonly Row[], group: Group, text: string): Row[] {
  const words = text
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
  return rows.filter(({ task }) => {
    if (!isIn[group](task)) return false;
    const { name, state, sourceUri, sinkUri, error, warning } = task;
    const said = [name, state, sourceUri, sinkUri, error?.code, error?.message, warning?.code].join('\n').toLowerCase();
    return words.every((word) => said.includes(word));
  });
}

/** By what a column is sorted; null stands last in both directions. */
const valueOf: Readonly<Record<Column, (row: Row) => string | number | null>> = {
  name: ({ task }) => task.name,
  state: ({ task }) => stateRank(task.state),
  lag: ({ task }) => task.lagMs,
  rate: ({ rate }) => rate,
  trouble: ({ task }) => tablesInTrouble(task),
  history: ({ task }) => task.historyHeldUntil,
};

export function sorted(rows: readonly Row[], { column, isDown }: Sort): Row[] {
  const value = valueOf[column];
  return rows.toSorted((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x !== y) {
      if (x === null) return 1;
      if (y === null) return -1;
      return (x < y ? -1 : 1) * (isDown ? -1 : 1);
    }
    return a.task.name < b.task.name ? -1 : 1;
  });
}
