import type { TaskView } from '../../http/view/task-view-schema.ts';
import { columns } from './columns.ts';
import { duration } from './duration.ts';
import { ofTable } from './of-table.ts';
import { inLine } from './printable.ts';

type TableView = TaskView['tables'][number];

/** One line per task, followed by its error and one line for each of its tables. */
export const wideTable = (tasks: readonly TaskView[]): string => [taskLines(tasks), ...tasks.map(details)].join('\n\n');

const taskLines = (tasks: readonly TaskView[]): string =>
  columns([
    [
      ...['NAME', 'STATE', 'PHASE', 'PACE', 'LAG', 'RATIO', 'TABLES', 'ROWS LOADED', 'ROWS APPLIED', 'UNDER WAY'],
      ...['TIME LEFT', 'HISTORY', 'PROGRESS', 'ERROR'],
    ],
    ...tasks.map((task) => [
      ...[task.name, task.state, task.phase, task.pace, duration(task.lagMs), task.lagRatio?.toFixed(1) ?? '-'],
      ...[task.tables.length, task.rowsLoaded, task.rowsApplied, task.rowsUnderWay].map(String),
      ...[duration(task.timeLeftMs), duration(task.historyPinnedMs), `${since(task, task.progressAt)} ago`],
      task.error?.code ?? task.warning?.code ?? '',
    ]),
  ]);

export function details(task: TaskView): string {
  const { stalledSince, error, warning, leftOut, simplified, compared, dropped, tables, advice } = task;
  const lines = [`${inLine(task.name)}:`];
  if (stalledSince !== null) lines.push(`  Nothing has come forward for ${since(task, stalledSince)}.`);
  if (error !== null) {
    const times = error.attempts === 1 ? 'once' : `${error.attempts} times since ${error.firstAt}, last`;
    const text = inLine(`${ofTable(task)}${error.message}`);
    lines.push(`  ${error.code}, ${times} at ${error.lastAt}: ${text}`, `  ${inLine(error.action)}`);
  }
  if (warning !== null) lines.push(`  ${warning.code}: ${inLine(warning.message)}`, `  ${inLine(warning.action)}`);
  lines.push(
    indented(columns([['TABLE', 'SINK', 'PHASE', 'ROWS', 'PERCENT', 'TIME LEFT'], ...tables.map(tableCells)])),
  );
  for (const { source, setAside } of tables) {
    if (setAside === null) continue;
    const { code, at, message, action } = setAside;
    lines.push(`  set aside: ${inLine(source)}: ${code} at ${at}: ${inLine(message)}`, `    ${inLine(action)}`);
  }
  lines.push(...noted('left out', leftOut), ...noted('simplified', simplified));
  lines.push(...noted('compared', compared), ...noted('dropped', dropped));
  if (typeof advice === 'string') lines.push(`  ${inLine(advice)}`);
  return lines.join('\n');
}

const tableCells = (table: TableView): string[] => [
  ...[table.source, table.sink, table.phase, String(table.rows), percent(table), duration(table.timeLeftMs)],
];

/** How much of the load is done: in rows if they were counted, otherwise in chunks. */
function percent({ rows, rowsExpected, chunks, chunksDone }: TableView): string {
  if (chunks > 0 && chunks === chunksDone) return '100%';
  const [done, all] = rowsExpected === null ? [chunksDone, chunks] : [rows, rowsExpected];
  return all === 0 ? '-' : `${Math.min(99, Math.floor((100 * done) / all))}%`;
}

function noted(what: string, { count, first }: TaskView['leftOut']): string[] {
  const more = count - first.length;
  return [
    ...first.map(({ table, reason }) => `  ${what}: ${inLine(table)}: ${inLine(reason)}`),
    ...(more > 0 ? [`  ${what}: ${more} more`] : []),
  ];
}

const since = ({ asOf }: TaskView, time: string): string => duration(Math.max(0, Date.parse(asOf) - Date.parse(time)));

const indented = (text: string): string => text.replaceAll(/^/gmu, '  ');
