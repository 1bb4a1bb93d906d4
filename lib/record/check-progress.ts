import { cutText } from '../cut-text.ts';
import type { ErrorCode } from '../error-codes.ts';
import { itemBytes, PART_BYTES, roomFor } from './item-size.ts';
import { type TableKey, tableEntriesOf } from '../task/task.ts';

/**
 * A comparison of source and sink, table by table in the order of their names. Times are milliseconds since 1970;
 * `finishedAt` is 0 while the comparison runs.
 */
export interface CheckProgress {
  readonly number: number;
  readonly kind: 'verify' | 'resync';
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Number of tables to compare, as last seen, and how many of them are done, including failed ones. */
  readonly tablesTotal: number;
  readonly tablesDone: number;
  /** How many of the done tables differ, and how many could not be compared. */
  readonly tablesDiffering: number;
  readonly tablesFailed: number;
  /** Rows of all tables so far, including the table being compared. */
  readonly rows: number;
  /** The last table (`db.table`) that is done; empty at first. */
  readonly lastDone: TableKey | '';
  readonly position: CheckPosition | undefined;
  /** Keyed by source table: the table being compared, and as many of the done tables as there is room for. */
  readonly tables: Readonly<Record<TableKey, TableCheck>>;
}

/** True as long as a check that was asked for (the number of the request) is not done. */
export const isCheckWanted = (
  request: Pick<CheckProgress, 'number'> | undefined,
  known: Pick<CheckProgress, 'number' | 'finishedAt'> | undefined,
): boolean => request !== undefined && (known?.number !== request.number || known.finishedAt === 0);

/** Where to continue the table being compared. */
export interface CheckPosition {
  readonly table: TableKey;
  /**
   * The table's shape when its ranges were planned; if the shape has changed, the comparison of the table begins anew.
   */
  readonly shape: string;
  /**
   * The upper end of the last compared range, encoded; undefined before the first range, and when it is too long to
   * store.
   */
  readonly after: string | undefined;
}

export interface TableCheck {
  readonly done: boolean;
  readonly chunks: number;
  readonly chunksDone: number;
  /** Rows of the source that were compared. */
  readonly rows: number;
  /** Rows that only the source has, that only the sink has, and that differ. A resync has repaired them. */
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  /** The first few of these rows. */
  readonly examples: readonly DifferingKey[];
  /** Why the table could not be compared. */
  readonly error?: TableCheckError | undefined;
}

/** The key of a differing row, printable and shortened. It contains values of the user: never log it. */
export interface DifferingKey {
  readonly kind: 'missing' | 'extra' | 'different';
  readonly key: string;
}

export interface TableCheckError {
  readonly code: ErrorCode;
  readonly message: string;
}

/** The task's item must stay small. It lists this many tables without differences … */
const MOST_IN_STEP = 200;
/** … this many tables with differences or errors … */
const MOST_IN_TROUBLE = 100;
/** … and this many keys for each table and for all tables. */
export const MOST_EXAMPLES = 10;
const MOST_EXAMPLES_IN_ALL = 200;
const LONGEST_MESSAGE = 200;

export const NOTHING_COMPARED: TableCheck = {
  done: false,
  chunks: 0,
  chunksDone: 0,
  rows: 0,
  missing: 0,
  extra: 0,
  different: 0,
  examples: [],
};

export const newCheck = (number: number, kind: CheckProgress['kind'], now: number): CheckProgress => ({
  number,
  kind,
  startedAt: now,
  finishedAt: 0,
  tablesTotal: 0,
  tablesDone: 0,
  tablesDiffering: 0,
  tablesFailed: 0,
  rows: 0,
  lastDone: '',
  position: undefined,
  tables: {},
});

/** Adds the table being compared as far as it has come, to be continued at `position`. */
export function underWay(progress: CheckProgress, position: CheckPosition, table: TableCheck): CheckProgress {
  const before = progress.tables[position.table] ?? NOTHING_COMPARED;
  return {
    ...progress,
    rows: progress.rows + table.rows - before.rows,
    position,
    tables: { ...progress.tables, [position.table]: { ...table, examples: bounded(progress, position.table, table) } },
  };
}

/**
 * Adds a table that is done. The counts include every table. The list has room of its own for tables with differences
 * or errors.
 */
export function withDone(progress: CheckProgress, key: TableKey, found: TableCheck): CheckProgress {
  const table = { ...found, done: true, examples: bounded(progress, key, found) };
  const { [key]: before = NOTHING_COMPARED, ...others } = progress.tables;
  const alike = tableEntriesOf(others).filter(([, other]) => inTrouble(other) === inTrouble(table));
  const room = fitsItem([...alike, [key, table]], inTrouble(table));
  return {
    ...progress,
    tablesDone: progress.tablesDone + 1,
    tablesDiffering: progress.tablesDiffering + (differences(table) > 0 ? 1 : 0),
    tablesFailed: progress.tablesFailed + (table.error === undefined ? 0 : 1),
    rows: progress.rows + table.rows - before.rows,
    lastDone: key,
    position: undefined,
    tables: room ? { ...others, [key]: table } : others,
  };
}

export const failedTable = (table: TableCheck, code: ErrorCode, message: string): TableCheck => ({
  ...table,
  error: { code, message: cutText(message, LONGEST_MESSAGE) },
});

/** Bytes that DynamoDB needs for a table and for an example, without the texts. */
const TABLE_BYTES = 100;
const EXAMPLE_BYTES = 30;

function fitsItem(tables: readonly (readonly [TableKey, TableCheck])[], troubled: boolean): boolean {
  const fits = troubled ? roomFor(PART_BYTES.inTrouble, MOST_IN_TROUBLE) : roomFor(PART_BYTES.inStep, MOST_IN_STEP);
  return tables.every(([key, { examples, error }]) => {
    const texts = itemBytes(key, error?.message ?? '', ...examples.map((example) => example.key));
    return fits(texts + TABLE_BYTES + examples.length * EXAMPLE_BYTES);
  });
}

const differences = ({ missing, extra, different }: TableCheck): number => missing + extra + different;

const inTrouble = (table: TableCheck): boolean => differences(table) > 0 || table.error !== undefined;

function bounded({ tables }: CheckProgress, key: TableKey, { examples }: TableCheck): readonly DifferingKey[] {
  const elsewhere = tableEntriesOf(tables).reduce((sum, [name, t]) => sum + (name === key ? 0 : t.examples.length), 0);
  return examples.slice(0, Math.max(0, Math.min(MOST_EXAMPLES, MOST_EXAMPLES_IN_ALL - elsewhere)));
}
