import type { TaskView } from '../../http/view/task-view-schema.ts';

/** If the error belongs to one table, that table as a prefix: `shop.a to copy.a: `. Otherwise an empty text. */
export function ofTable({ error, tables }: Pick<TaskView, 'error' | 'tables'>): string {
  const table = error?.table ?? null;
  if (table === null) return '';
  const sink = tables.find(({ source }) => source === table)?.sink;
  return `${table}${sink === undefined ? '' : ` to ${sink}`}: `;
}
