import { cutText } from '../cut-text.ts';
import { type Complaint, complain, Rejection } from './rejection.ts';
import type { DatabaseAddress } from './uri/database-uri.ts';
import { LONGEST_NAME } from './name-text.ts';
import { type TableMapping, type TableName, tableKey } from './task.ts';

/** One table and its sink as the user writes them, `database.table`. Without `sink`, the sink has the source's name. */
export interface TablePair {
  readonly source: string;
  readonly sink?: string | undefined;
}

/**
 * System databases of MatrixOne, MySQL and MariaDB, and the database that holds the ledger at the sink. Tasks never
 * copy them.
 */
export const SYSTEM_DATABASES: ReadonlySet<string> = new Set(
  'information_schema mo_catalog mo_cdc mo_debug mo_task mysql ndbinfo performance_schema sys system system_metrics'.split(
    ' ',
  ),
);

/** The most tables, and the most databases, that one task may name. */
export const MOST_NAMED = 1_000;

/** Reads mo_cdc's `--tables`: `db.t[:db2.t2],…`. Throws MAPPING_INVALID with everything that is wrong. */
export function parseTables(text: string): TableMapping[] {
  const complaints: Complaint[] = [];
  const pairs = listed(text).map((entry): TablePair => {
    const [source = '', sink, ...more] = entry.split(':');
    if (more.length > 0)
      complaints.push(complaint(`"${cutText(entry.trim(), LONGEST_SHOWN)}" has more than one colon.`));
    return { source, sink };
  });
  return accept(pairs, complaints);
}

/** The same as parseTables, from pairs of names. */
export const mapTables = (pairs: readonly TablePair[]): TableMapping[] => accept(pairs, []);

/** Complaints about tables that would be copied onto themselves. Source and sink are one server here. */
export const selfCopies = (tables: readonly TableMapping[]): Complaint[] =>
  tables
    .filter((mapping) => identity(mapping.source) === identity(mapping.sink))
    .map((mapping) =>
      complaint(`Source and sink are one server, and ${tableKey(mapping.source)} is mapped to itself.`),
    );

/** Splits at commas, but stops after one more entry than is allowed: that is enough to see that there are too many. */
export const listed = (text: string): string[] => text.split(',', MOST_NAMED + 1);

function accept(pairs: readonly TablePair[], complaints: Complaint[]): TableMapping[] {
  refuseMany('tables', pairs.length);
  const tables = pairs.flatMap((pair): TableMapping[] => {
    const source = readName(pair.source, complaints);
    const sink = pair.sink === undefined ? source : readName(pair.sink, complaints);
    return source === undefined || sink === undefined ? [] : [{ source, sink }];
  });
  if (pairs.length === 0) complaints.push(complaint('No table is named.'));
  const sources = repeated(tables.map((mapping) => mapping.source));
  const sinks = repeated(tables.map((mapping) => mapping.sink));
  complaints.push(...sources.map((name) => complaint(`The source table ${name} is named more than once.`)));
  if (sources.length === 0) {
    complaints.push(
      ...sinks.map((name) => complaint(`The sink table ${name} would get rows of several source tables.`)),
    );
  }
  if (complaints.length > 0) throw new Rejection('MAPPING_INVALID', complaints);
  return tables;
}

/** Throws before any entry is looked at. */
export function refuseMany(setting: 'tables' | 'databases', count: number): void {
  if (count <= MOST_NAMED) return;
  throw new Rejection('MAPPING_INVALID', [
    complain('MAPPING_INVALID', setting, `A task names at most ${MOST_NAMED} ${setting}.`),
  ]);
}

function readName(text: string, complaints: Complaint[]): TableName | undefined {
  const [database = '', table = '', ...more] = text.split('.', 3).map((part) => part.trim());
  const problem = nameProblem(database, table, more.length > 0);
  if (problem === undefined) return { database, table };
  complaints.push(complaint(`"${cutText(text.trim(), LONGEST_SHOWN)}" ${problem}.`));
  return undefined;
}

function nameProblem(database: string, table: string, tooMany: boolean): string | undefined {
  if (database === '' || table === '' || tooMany) return 'is not of the form database.table';
  const system = 'is in a database of the server itself, or of the product';
  return forbiddenCharacter(database) ?? forbiddenCharacter(table) ?? (isSystem(database) ? system : undefined);
}

export const LONGEST_SHOWN = 200;

export function forbiddenCharacter(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return `has more than ${LONGEST_NAME} characters`;
  if (!name.isWellFormed()) return 'has an incomplete character';
  const forbidden = /[,:`\p{Cc}]/u.exec(name)?.[0];
  return forbidden === undefined ? undefined : `has ${JSON.stringify(forbidden)}, which a name cannot have here`;
}

export const isSystem = (database: string): boolean => SYSTEM_DATABASES.has(database.toLowerCase());

/** MatrixOne ignores case in names, unless it is configured otherwise. */
const identity = (name: TableName): string => tableKey(name).toLowerCase();

function repeated(names: readonly TableName[]): string[] {
  const seen = new Set<string>();
  const twice = new Map<string, string>();
  for (const name of names) {
    if (seen.has(identity(name))) twice.set(identity(name), tableKey(name));
    seen.add(identity(name));
  }
  return [...twice.values()];
}

const account = (address: DatabaseAddress): string =>
  (address.user.includes('#') ? address.user.split('#')[0] : '') ?? '';

/** Compares the addresses only: two host names may lead to one server. */
export const sameServer = (a: DatabaseAddress, b: DatabaseAddress): boolean =>
  a.host.toLowerCase() === b.host.toLowerCase() && a.port === b.port && account(a) === account(b);

const complaint = (found: string): Complaint => complain('MAPPING_INVALID', 'tables', found);
