import { type Complaint, complain, Rejection } from './rejection.ts';
import { mapDatabases, type DatabasePair } from './database-mapping.ts';
import { FIXED_OPTIONS } from './options.ts';
import { withSinkTls } from './check-spec.ts';
import { mapTables, type TablePair } from './table-mapping.ts';
import { type Selection, selectionOf, tableKey, type TaskOptions, type TaskSpec } from './task.ts';

/** The changes to a task's declaration. A field that is left out stays as it is. */
export interface TaskEdit {
  readonly sourceUri?: string | undefined;
  readonly sinkUri?: string | undefined;
  /** At level table: the new list, or the tables to add and the tables to remove (`database.table`). */
  readonly tables?: readonly TablePair[] | undefined;
  readonly addTables?: readonly TablePair[] | undefined;
  readonly removeTables?: readonly string[] | undefined;
  /** The same at level database. */
  readonly databases?: readonly DatabasePair[] | undefined;
  readonly addDatabases?: readonly DatabasePair[] | undefined;
  readonly removeDatabases?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly options?: Partial<TaskOptions> | undefined;
}

/**
 * The declaration after the edit. Throws REQUEST_INVALID with everything that does not fit the task. `began` is the
 * declaration when the edit started. If an entry to remove was there then and is gone now, it counts as removed.
 */
export function editedSpec(spec: TaskSpec, edit: TaskEdit, began: TaskSpec = spec): TaskSpec {
  const complaints = misfits(spec, edit, began);
  if (complaints.length > 0) throw new Rejection('REQUEST_INVALID', complaints);
  const { options = {}, exclude = spec.exclude, sourceUri = spec.sourceUri } = edit;
  const sinkUri = edit.sinkUri === undefined ? spec.sinkUri : withSinkTls(edit.sinkUri, spec.sinkType);
  return {
    ...spec,
    sourceUri,
    sinkUri,
    tables: spec.level === 'table' ? mapTables(changed(tablePairs(spec), tableLists(edit))) : [],
    databases: spec.level === 'database' ? mapDatabases(changed([...spec.databases], databaseLists(edit))) : [],
    exclude,
    options: { ...spec.options, ...options },
  };
}

export const sameSelection = (a: Selection, b: Selection): boolean =>
  JSON.stringify(selectionOf(a)) === JSON.stringify(selectionOf(b));

interface Lists {
  readonly all: readonly TablePair[] | undefined;
  readonly added: readonly TablePair[];
  readonly removed: readonly string[];
}

const tableLists = ({ tables, addTables = [], removeTables = [] }: TaskEdit): Lists => ({
  all: tables,
  added: addTables,
  removed: removeTables,
});

const databaseLists = ({ databases, addDatabases = [], removeDatabases = [] }: TaskEdit): Lists => ({
  all: databases,
  added: addDatabases,
  removed: removeDatabases,
});

const tablePairs = ({ tables }: TaskSpec): TablePair[] =>
  tables.map(({ source, sink }) => ({ source: tableKey(source), sink: tableKey(sink) }));

/** Ignores case, as MatrixOne does. Adding a pair that is already there changes nothing. */
function changed(present: readonly TablePair[], { all, added, removed }: Lists): TablePair[] {
  const gone = new Set(removed.map(folded));
  const kept = (all ?? present).filter(({ source }) => !gone.has(folded(source)));
  const there = new Set(kept.map(pairKey));
  return [...kept, ...added.filter((pair) => !there.has(pairKey(pair)))];
}

const folded = (name: string): string => name.trim().toLowerCase();

/** A comma separates the two names, because no name has a comma. */
const pairKey = ({ source, sink = source }: TablePair): string => `${folded(source)},${folded(sink)}`;

function misfits(spec: TaskSpec, edit: TaskEdit, began: TaskSpec): Complaint[] {
  return [
    ...ofOtherLevels(spec, edit),
    ...unknown('removeTables', edit.removeTables, [...tablePairs(spec), ...tablePairs(began)]),
    ...unknown('removeDatabases', edit.removeDatabases, [...spec.databases, ...began.databases]),
    ...fixedOptions(spec.options, edit.options),
  ];
}

const FIELDS = {
  table: ['tables', 'addTables', 'removeTables'],
  database: ['databases', 'addDatabases', 'removeDatabases'],
} as const;

function ofOtherLevels({ level }: TaskSpec, edit: TaskEdit): Complaint[] {
  const others = (['table', 'database'] as const).filter((other) => other !== level).flatMap((other) => FIELDS[other]);
  const fields = level === 'table' ? ([...others, 'exclude'] as const) : others;
  return fields
    .filter((field) => edit[field] !== undefined)
    .map((field) => complain('REQUEST_INVALID', field, `It cannot be used with a task of level "${level}".`));
}

function unknown(field: string, names: readonly string[] = [], present: readonly TablePair[]): Complaint[] {
  const known = new Set(present.map(({ source }) => folded(source)));
  return names
    .filter((name) => !known.has(folded(name)))
    .map((name) => complain('REQUEST_INVALID', field, `The task does not have ${name.trim()}.`));
}

/** Complaints about options that decided how the task began: they cannot change. */
function fixedOptions(present: TaskOptions, options: Partial<TaskOptions> = {}): Complaint[] {
  return FIXED_OPTIONS.filter((name) => options[name] !== undefined && options[name] !== present[name]).map((name) =>
    complain('REQUEST_INVALID', `options.${name}`, 'It can only be chosen when the task is created.'),
  );
}
