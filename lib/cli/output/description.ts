import type { TaskView } from '../../http/view/task-view-schema.ts';
import { DEFAULT_OPTIONS, OPTION_NAMES } from '../../task/options.ts';
import { columns } from './columns.ts';
import { duration } from './duration.ts';
import { inLine } from './printable.ts';
import { details } from './wide-table.ts';

type Rows = readonly (readonly [name: string, value: string])[];

/** All about one task, for people. */
export function description(task: TaskView): string {
  const sections = [
    section(`${task.name}: ${task.state}`, identity(task)),
    section('Progress', progress(task)),
    section('History at the source', history(task)),
    ...(task.check === null ? [] : [section(`Last ${task.check.kind}`, comparison(task.check))]),
    section('Options that differ from their defaults', options(task)),
    // Errors with what to do, the tables, and what is left out.
    details(task),
  ];
  return sections.filter((text) => text !== '').join('\n\n');
}

function section(title: string, rows: Rows): string {
  if (rows.length === 0) return '';
  // The first row of columns has the widths of all.
  const [head = ['', ''], ...rest] = rows.map(([name, value]) => [`  ${name}`, value]);
  return `${inLine(title)}\n${columns([head, ...rest])}`;
}

const identity = (task: TaskView): Rows => [
  ['id', task.id],
  ['source', task.sourceUri],
  ['sink', `${task.sinkUri} (${task.sinkType})`],
  ['copies', copies(task)],
  ...(task.exclude.length > 0 ? ([['leaves out', task.exclude.join('  ')]] as const) : []),
  ['created', task.createdAt],
  ['running since', task.runningSince],
  ...(task.desired === task.state ? [] : ([['asked to be', task.desired]] as const)),
  ...(task.stalledSince === null ? [] : ([['stalled since', task.stalledSince]] as const)),
];

function copies({ level, databases, tables }: TaskView): string {
  switch (level) {
    case 'account':
      return 'every table of every database';
    case 'database':
      return `every table of ${databases.map(({ source, sink }) => `${source} to ${sink}`).join(', ')}`;
    case 'table':
      return `${tables.length} ${tables.length === 1 ? 'table' : 'tables'} by name`;
  }
}

type Comparison = NonNullable<NonNullable<TaskView['pendingWindow']>['comparison']>;

/** How far a window has come that compares tables with their sink tables. */
const comparisonText = ({ table, chunks, chunksDone, tables, tablesDone, timeLeftMs }: Comparison): string =>
  `${tablesDone} of ${tables} tables, ${chunksDone} of ${chunks} chunks of ${table}` +
  (timeLeftMs === null ? '' : `, about ${duration(timeLeftMs)} left`);

function progress(task: TaskView): Rows {
  const { lease, pendingWindow, checkpoint, caughtUpAt } = task;
  return [
    ['phase', `${task.phase}, ${task.pace}`],
    ['lag', lagText(task)],
    ['checkpoint', checkpoint === null ? 'none yet' : `${checkpoint.time} (${checkpoint.position})`],
    ['nothing new at', caughtUpAt ?? 'never yet'],
    [
      'windows',
      `${task.windows}${pendingWindow === null ? '' : `, and one up to ${pendingWindow.until.time} under way`}`,
    ],
    ...(pendingWindow?.comparison ? ([['comparison', comparisonText(pendingWindow.comparison)]] as const) : []),
    ['rows', `${task.rowsLoaded} loaded, ${task.rowsApplied} applied, ${task.rowsUnderWay} under way`],
    ...(task.timeLeftMs === null ? [] : ([['first copy', `about ${duration(task.timeLeftMs)} left`]] as const)),
    ['last progress', task.progressAt],
    ['worker', lease === null ? 'none yet' : `${lease.owner}, ${lease.held ? 'until' : 'ended'} ${lease.until}`],
  ];
}

const lagText = ({ lagMs, lagRatio }: TaskView): string =>
  lagMs === null
    ? 'unknown before the first checkpoint'
    : `${duration(lagMs)} (${lagRatio?.toFixed(1) ?? '-'} intervals)`;

function history({ historyPinnedSince, historyPinnedMs, historyHeldBy, historyHeldUntil }: TaskView): Rows {
  if (historyPinnedSince === null) return [['held', 'nothing']];
  return [
    ['needed since', `${historyPinnedSince} (${duration(historyPinnedMs)})`],
    ['held by', historyHeldBy ?? 'nothing'],
    ...(historyHeldUntil === null ? [] : ([['held until', historyHeldUntil]] as const)),
  ];
}

function comparison(check: NonNullable<TaskView['check']>): Rows {
  return [
    ['state', check.state],
    ['began', check.startedAt ?? 'not yet'],
    ...(check.finishedAt === null ? [] : ([['ended', check.finishedAt]] as const)),
    [
      'tables',
      `${check.tablesDone} of ${check.tablesTotal} compared, ${check.tablesDiffering} differ, ${check.tablesFailed} failed`,
    ],
    ['rows', String(check.rows)],
    ...check.tables.filter((table) => table.missing + table.extra + table.different > 0).map(differing),
  ];
}

const differing = ({
  source,
  missing,
  extra,
  different,
  examples,
}: NonNullable<TaskView['check']>['tables'][number]): readonly [string, string] => [
  source,
  `${missing} missing, ${extra} extra, ${different} different: ${examples.map(({ key }) => key).join('; ')}`,
];

const options = ({ options }: TaskView): Rows =>
  OPTION_NAMES.filter((name) => options[name] !== DEFAULT_OPTIONS[name]).map((name) => [
    name,
    `${String(options[name])} (default ${String(DEFAULT_OPTIONS[name])})`,
  ]);
