import type { TaskView } from '../../http/view/task-view-schema.ts';

type Check = NonNullable<TaskView['check']>;

const number = new Intl.NumberFormat('en-US');

/** One line that tells a waiting person how far a comparison has come. */
export function progressLine(name: string, check: Check): string {
  if (check.state === 'waiting') return `${name}: ${check.kind} waits for its worker`;
  const { table, tables, tablesDone, tablesTotal, rows, rowsPerSecond, secondsLeft } = check;
  const at = tables.find(({ source }) => source === table);
  const parts = [`${name}: table ${Math.min(tablesDone + 1, tablesTotal)} of ${tablesTotal}`];
  if (at !== undefined) parts.push(`${at.source} chunk ${at.chunksDone} of ${at.chunks}`);
  parts.push(`${number.format(rows)} rows`);
  if (rowsPerSecond !== null) parts.push(`${number.format(rowsPerSecond)} rows/s`);
  if (secondsLeft !== null) parts.push(`about ${duration(secondsLeft)} left`);
  return parts.join(', ');
}

/** Such as 7 s, 2 min, 1 h 5 min. */
function duration(seconds: number): string {
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
