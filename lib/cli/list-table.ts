import type { TaskView } from '../http/task-view-schema.ts';

/** One line per task, for people. */
export function listTable(tasks: readonly TaskView[]): string {
  const rows = [['NAME', 'STATE', 'PHASE', 'LAG', 'TABLES', 'ROWS LOADED', 'ROWS APPLIED', 'ERROR']];
  for (const task of tasks) {
    const counts = [task.tables.length, task.rowsLoaded, task.rowsApplied].map(String);
    rows.push([task.name, task.state, task.phase, lag(task.lagMs), ...counts, task.error?.code ?? '']);
  }
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}

const lag = (millis: number | null): string => (millis === null ? '-' : `${(millis / 1000).toFixed(1)}s`);

/** Terminals give two columns to pictures and to Chinese, Japanese and Korean characters. */
const widthOf = (text: string): number =>
  Array.from(text).reduce(
    (width, character) =>
      width +
      (/[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
        character,
      )
        ? 2
        : 1),
    0,
  );
