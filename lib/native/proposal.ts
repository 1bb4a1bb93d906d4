import { excludeProblems, excluder } from '../task/exclude.ts';
import { optionKind, type OptionName, type TaskOptions } from '../task/options.ts';
import { newTaskNameProblem } from '../task/task-name.ts';
import { type Level, SINK_TYPES, type SinkType } from '../task/task.ts';
import { goDuration } from './go-duration.ts';
import type { NativeName, NativeTask } from './native-task.ts';

/** What one thing of a CREATE CDC task becomes. */
export interface Finding {
  readonly what: string;
  readonly native: string;
  /** Empty if it has no counterpart. */
  readonly here: string;
  readonly note: string;
}

export interface Pair {
  readonly source: string;
  readonly sink: string;
}

/** A task that does what a CREATE CDC task does. The URIs are those of the logins, without passwords. */
export interface Proposal {
  readonly name: string;
  readonly level: Level;
  readonly sinkType: SinkType;
  readonly tables: readonly Pair[];
  readonly databases: readonly Pair[];
  readonly exclude: readonly string[];
  readonly options: Partial<TaskOptions>;
  readonly findings: readonly Finding[];
  /** Why there can be no such task; undefined if there can be. */
  readonly impossible: string | undefined;
  /** True once the CREATE CDC task writes nothing any more. */
  readonly isStopped: boolean;
}

/** CREATE CDC's own defaults: they are no choice of anybody. */
const USUAL = { maxSqlLength: 4_194_304, sendSqlTimeout: '10m' };
/**
 * A task that begins where the CREATE CDC task stands begins this much earlier. CREATE CDC finds new tables from time to
 * time, and changes that are applied twice do no harm. Milliseconds.
 */
const EARLIER_MS = 300_000;

/** Proposes a task for each, each with a name of its own: accounts may have tasks of the same name. */
export function propose(natives: readonly NativeTask[], now: number): Proposal[] {
  const names = new Set<string>();
  return natives.map((native) => {
    let name = native.name;
    for (let number = 2; names.has(name); number += 1) name = `${native.name}_${number}`;
    names.add(name);
    return proposalFor(native, name, now);
  });
}

function proposalFor(native: NativeTask, name: string, now: number): Proposal {
  const level = levelOf(native.mappings.map(({ source }) => source));
  const sinkType = SINK_TYPES.find((type) => type === native.sinkType);
  const patterns = native.exclude === '' ? [] : [native.exclude];
  const problems = excludeProblems(patterns);
  const impossible = firstOf([
    newTaskNameProblem(name),
    level === undefined ? 'It mixes levels.' : undefined,
    sinkType === undefined ? `There is no sink of the type ${native.sinkType}.` : undefined,
    problems.length > 0 ? `Exclude: ${problems.join(' ')}` : undefined,
    native.endTs !== '' && Date.parse(native.endTs) <= now ? `It has ended at ${native.endTs}.` : undefined,
  ]);
  const isExcluded = problems.length > 0 ? () => false : excluder(patterns);
  const pairs = native.mappings.map(({ source, sink }) => ({ source: keyOf(source), sink: keyOf(sink) }));
  const tables = level === 'table' ? pairs.filter(({ source }) => !isExcluded(source)) : [];
  const found = [firstCopy(native), ...options(native), ...excluded(native, level, pairs.length - tables.length)];
  const isStopped = native.state === 'paused';
  return {
    name,
    level: level ?? 'table',
    sinkType: sinkType ?? 'matrixone',
    tables,
    databases: level === 'database' ? pairs : [],
    exclude: level === 'table' ? [] : patterns,
    options: Object.assign({}, ...found.map((each) => each.options ?? {})) as Partial<TaskOptions>,
    findings: [stateOf(native), ...found.map(({ finding }) => finding), ...errorsOf(native)],
    impossible: impossible ?? (level === 'table' && tables.length === 0 ? 'It excludes all of its tables.' : undefined),
    isStopped,
  };
}

const firstOf = (problems: readonly (string | undefined)[]): string | undefined =>
  problems.find((problem) => problem !== undefined);

const keyOf = ({ database, table }: NativeName): string => (table === '*' ? database : `${database}.${table}`);

function levelOf(names: readonly NativeName[]): Level | undefined {
  const levels = names.map(({ database, table }): Level =>
    database === '*' ? 'account' : table === '*' ? 'database' : 'table',
  );
  return levels.every((level) => level === levels[0]) ? levels[0] : undefined;
}

function stateOf({ name, state }: NativeTask): Finding {
  const notes: Readonly<Record<string, string>> = {
    paused: 'drop it once the new task has caught up',
    pausing: 'wait until it is paused',
    failed: 'write the proposal to a file, drop it, and apply the file',
  };
  return { what: 'state', native: state, here: '', note: notes[state] ?? `first: PAUSE CDC TASK ${name}` };
}

interface Chosen {
  readonly finding: Finding;
  readonly options?: Partial<TaskOptions>;
}

const chosen = <Name extends OptionName>(
  native: Finding['native'],
  what: string,
  name: Name,
  value: TaskOptions[Name],
  note = '',
): Chosen => ({
  finding: { what, native, here: `${name}: ${String(value)}`, note },
  options: { [name]: value },
});

const none = (what: string, native: string, note: string): Chosen => ({ finding: { what, native, here: '', note } });

/**
 * The sink holds what the task has copied. With a first copy, sink and source are to be equal, so all rows are compared.
 * Without one, the sink may lack older rows on purpose: then the new task begins where the old one stands.
 */
function firstCopy(native: NativeTask): Chosen {
  const { noFull, startTs, createdAt, tables } = native;
  if (!noFull && startTs === '') {
    const rows = 'all rows of the sink are compared with the source, and repaired where they differ';
    return chosen('with a first copy', 'rows', 'existingRows', 'compare', rows);
  }
  const begun = startTs === '' ? createdAt : Date.parse(startTs);
  const reached = tables.length === 0 ? 0 : Math.min(...tables.map(({ watermark }) => watermark)) - EARLIER_MS;
  const start = new Date(Math.max(begun, reached)).toISOString();
  const note = 'a little before its checkpoint; a PITR of the source must hold the history since then';
  return chosen(startTs === '' ? 'NoFull' : `StartTs ${startTs}`, 'rows', 'startTs', start, note);
}

function options({ endTs, extra, configFile }: NativeTask): Chosen[] {
  const { MaxSqlLength: length, SendSqlTimeout: timeout, Frequency: frequency } = extra;
  const found: Chosen[] = [];
  if (endTs !== '') found.push(chosen(endTs, 'EndTs', 'endTs', new Date(endTs).toISOString()));
  if (typeof length === 'number' && length !== USUAL.maxSqlLength) {
    found.push(amount(String(length), 'MaxSqlLength', 'maxSqlLength', length));
  }
  if (typeof timeout === 'string' && timeout !== USUAL.sendSqlTimeout) {
    found.push(amount(timeout, 'SendSqlTimeout', 'sendSqlTimeoutMs', goDuration(timeout)));
  }
  if (typeof frequency === 'string' && frequency !== '') {
    const every = amount(frequency, 'Frequency', 'pollIntervalMs', goDuration(frequency));
    const mode = every.options === undefined ? {} : { mode: 'tick' as const };
    found.push({
      finding: { ...every.finding, here: `mode: tick, ${every.finding.here}` },
      options: { ...mode, ...every.options },
    });
  }
  if (extra['InitSnapshotSplitTxn'] === false) {
    found.push(none('InitSnapshotSplitTxn', 'false', 'no counterpart: there is no first copy'));
  }
  if (configFile !== '') found.push(none('ConfigFile', configFile, 'no counterpart'));
  return found;
}

/** An option with a range of its own: what lies outside becomes the nearest value. */
function amount(
  native: string,
  what: string,
  name: 'maxSqlLength' | 'sendSqlTimeoutMs' | 'pollIntervalMs',
  value: number | undefined,
): Chosen {
  const kind = optionKind(name);
  if (value === undefined || kind.type !== 'amount') return none(what, native, 'cannot be read');
  const within = Math.min(Math.max(value, kind.least), kind.most);
  return chosen(native, what, name, within, within === value ? '' : 'the nearest value that there is');
}

function excluded({ exclude }: NativeTask, level: Level | undefined, count: number): Chosen[] {
  if (exclude === '') return [];
  const here = level === 'table' ? `${count} tables left out` : `exclude: ${exclude}`;
  return [{ finding: { what: 'Exclude', native: exclude, here, note: '' } }];
}

/** The errors of its tables: the new task meets their causes, too. */
function errorsOf({ error, tables }: NativeTask): Finding[] {
  const failed = tables.filter((table) => table.error !== '');
  return [
    ...(error === '' ? [] : [{ what: 'error', native: error, here: '', note: '' }]),
    ...failed.map((table) => ({ what: `error of ${keyOf(table.name)}`, native: table.error, here: '', note: '' })),
  ];
}
