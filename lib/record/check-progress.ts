import { cutText } from '../cut-text.ts';
import type { ErrorCode } from '../error-codes.ts';
import { itemBytes, PART_BYTES, roomFor } from './item-size.ts';

/** A comparison of source and sink, table by table in the order of their names. `finishedAt` is 0 while it runs. */
export interface CheckProgress {
  readonly number: number;
  readonly kind: 'verify' | 'resync';
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Tables to compare, as last seen, and how many of them are done, failed ones included. */
  readonly tablesTotal: number;
  readonly tablesDone: number;
  /** Of those done: where something differed, and where the comparison failed. */
  readonly tablesDiffering: number;
  readonly tablesFailed: number;
  /** Rows of all tables, the one under way included. */
  readonly rows: number;
  /** The last table (`db.table`) that is done; empty at first. */
  readonly lastDone: string;
  readonly position: CheckPosition | undefined;
  /** By source table: the one under way, and of those done as many as there is room for. */
  readonly tables: Readonly<Record<string, TableCheck>>;
}

/** Where the table under way is to be continued. */
export interface CheckPosition {
  readonly table: string;
  /** Of the table when it was planned: another one begins anew. */
  readonly shape: string;
  /** The encoded upper end of the last range that was compared; none at first, and where it would be too long to keep. */
  readonly after: string | undefined;
}

export interface TableCheck {
  readonly done: boolean;
  readonly chunks: number;
  readonly chunksDone: number;
  /** Rows of the source that were compared. */
  readonly rows: number;
  /** Rows that only the source had, only the sink had, or that differed; after a resync they are repaired. */
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  /** The first few of them. */
  readonly examples: readonly DifferingKey[];
  /** Why the table could not be compared. */
  readonly error?: TableCheckError | undefined;
}

/** A row that differs, by its key in a printable, shortened form. Values of the user: never logged. */
export interface DifferingKey {
  readonly kind: 'missing' | 'extra' | 'different';
  readonly key: string;
}

export interface TableCheckError {
  readonly code: ErrorCode;
  readonly message: string;
}

/** A task's item has to stay small: so many tables that are in step are listed, … */
const MOST_IN_STEP = 200;
/** … so many that are not, … */
const MOST_IN_TROUBLE = 100;
/** … and so many keys, in each table and in all. */
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

/** With the table under way as far as it has come, to be continued at `position`. */
export function underWay(progress: CheckProgress, position: CheckPosition, table: TableCheck): CheckProgress {
  const before = progress.tables[position.table] ?? NOTHING_COMPARED;
  return {
    ...progress,
    rows: progress.rows + table.rows - before.rows,
    position,
    tables: { ...progress.tables, [position.table]: { ...table, examples: bounded(progress, position.table, table) } },
  };
}

/** With a table that is done. All are counted; those listed are those in trouble first. */
export function withDone(progress: CheckProgress, key: string, found: TableCheck): CheckProgress {
  const table = { ...found, done: true, examples: bounded(progress, key, found) };
  const { [key]: before = NOTHING_COMPARED, ...others } = progress.tables;
  const alike = Object.entries(others).filter(([, other]) => inTrouble(other) === inTrouble(table));
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

/** What DynamoDB takes for a table, and for an example, beside the texts. */
const TABLE_BYTES = 100;
const EXAMPLE_BYTES = 30;

function fitsItem(tables: readonly (readonly [string, TableCheck])[], troubled: boolean): boolean {
  const fits = troubled ? roomFor(PART_BYTES.inTrouble, MOST_IN_TROUBLE) : roomFor(PART_BYTES.inStep, MOST_IN_STEP);
  return tables.every(([key, { examples, error }]) => {
    const texts = itemBytes(key, error?.message ?? '', ...examples.map((example) => example.key));
    return fits(texts + TABLE_BYTES + examples.length * EXAMPLE_BYTES);
  });
}

const differences = ({ missing, extra, different }: TableCheck): number => missing + extra + different;

const inTrouble = (table: TableCheck): boolean => differences(table) > 0 || table.error !== undefined;

function bounded({ tables }: CheckProgress, key: string, { examples }: TableCheck): readonly DifferingKey[] {
  const elsewhere = Object.entries(tables).reduce((sum, [name, t]) => sum + (name === key ? 0 : t.examples.length), 0);
  return examples.slice(0, Math.max(0, Math.min(MOST_EXAMPLES, MOST_EXAMPLES_IN_ALL - elsewhere)));
}
