import type { TaskView } from '../../http/view/task-view-schema.ts';
import { withSinkTls } from '../../task/check-spec.ts';
import { FIXED_OPTIONS, OPTION_NAMES } from '../../task/options.ts';
import { tableKey, type TaskSpec } from '../../task/task.ts';
import { hasPassword, isShownAs, shownUri } from './same-uri.ts';

/** One thing in which a task is not as it is declared, in words for a table. */
export interface Change {
  readonly what: string;
  readonly now: string;
  readonly declared: string;
}

export interface Difference {
  readonly changes: readonly Change[];
  /** Changes that no edit can make. */
  readonly fixed: readonly Change[];
  /** The edit that makes the changes, as PATCH /tasks/{name} takes it. */
  readonly edit: Readonly<Record<string, unknown>>;
}

/** What has to change so that the task is as it is declared. With `renew`, passwords are sent even if nothing differs. */
export function differenceOf(task: TaskView, spec: TaskSpec, renew = false): Difference {
  const parts = [
    uriDifference('sourceUri', task.sourceUri, spec.sourceUri, renew),
    uriDifference('sinkUri', task.sinkUri, withSinkTls(spec.sinkUri, spec.sinkType), renew),
    ...selectionDifference(task, spec),
    optionDifference(task, spec),
  ];
  return {
    changes: parts.flatMap(({ changes }) => changes),
    fixed: [
      ...fixedChange('sinkType', task.sinkType, spec.sinkType),
      ...fixedChange('level', task.level, spec.level),
      ...FIXED_OPTIONS.flatMap((name) => fixedChange(`options.${name}`, task.options[name], spec.options[name])),
    ],
    edit: Object.assign({}, ...parts.map(({ edit }) => edit)) as Record<string, unknown>,
  };
}

type Part = Pick<Difference, 'changes' | 'edit'>;

const SAME: Part = { changes: [], edit: {} };

type Value = string | number | boolean | null;

const fixedChange = (what: string, now: Value, declared: Value): Change[] =>
  now === declared ? [] : [{ what, now: textOf(now), declared: textOf(declared) }];

const textOf = (value: Value): string => (value === null ? '-' : String(value));

function uriDifference(what: 'sourceUri' | 'sinkUri', now: string, uri: string, renew: boolean): Part {
  if (!isShownAs(uri, now)) return { changes: [{ what, now, declared: shownUri(uri) }], edit: { [what]: uri } };
  if (!renew || !hasPassword(uri)) return SAME;
  return { changes: [{ what, now: '', declared: 'the password, once more' }], edit: { [what]: uri } };
}

/** A task of another level cannot be compared any further. */
function selectionDifference(task: TaskView, { level, tables, databases, exclude }: TaskSpec): Part[] {
  if (task.level !== level) return [];
  const pairs = tables.map(({ source, sink }) => ({ source: tableKey(source), sink: tableKey(sink) }));
  return [
    level === 'table' ? setDifference('tables', task.tables.map(pairText), pairs.map(pairText), pairs) : SAME,
    level === 'database'
      ? setDifference('databases', task.databases.map(pairText), databases.map(pairText), databases)
      : SAME,
    setDifference('exclude', task.exclude, exclude, exclude),
  ];
}

const pairText = ({ source, sink }: { readonly source: string; readonly sink: string }): string =>
  `${source} to ${sink}`;

/** The order does not count. */
function setDifference(what: string, now: readonly string[], declared: readonly string[], value: unknown): Part {
  const gone = now.filter((each) => !declared.includes(each));
  const added = declared.filter((each) => !now.includes(each));
  if (gone.length + added.length === 0) return SAME;
  const changes = [
    ...gone.map((each) => ({ what, now: each, declared: '' })),
    ...added.map((each) => ({ what, now: '', declared: each })),
  ];
  return { changes, edit: { [what]: value } };
}

function optionDifference(task: TaskView, spec: TaskSpec): Part {
  const names = OPTION_NAMES.filter(
    (name) => !FIXED_OPTIONS.includes(name) && task.options[name] !== spec.options[name],
  );
  if (names.length === 0) return SAME;
  return {
    changes: names.map((name) => ({
      what: `options.${name}`,
      now: textOf(task.options[name]),
      declared: textOf(spec.options[name]),
    })),
    edit: { options: Object.fromEntries(names.map((name) => [name, spec.options[name]])) },
  };
}
