import type { TaskView } from '../../http/view/task-view-schema.ts';

/** Whose error it is, where it is one table's alone: `shop.a to copy.a: `. */
export function ofTable({ error, tables }: Pick<TaskView, 'error' | 'tables'>): string {
  const table = error?.table ?? null;
  if (table === null) return '';
  const sink = tables.find(({ source }) => source === table)?.sink;
  return `${table}${sink === undefined ? '' : ` to ${sink}`}: `;
}
