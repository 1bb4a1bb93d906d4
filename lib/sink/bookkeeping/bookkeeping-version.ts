import { CdcError, isCdcError } from '../../errors.ts';
import type { Connection } from '../../wire/connection.ts';
import { type Bookkeeping, isMissing } from './bookkeeping.ts';

/** A change of the bookkeeping tables. */
interface Migration {
  readonly version: number;
  /** The oldest version whose workers still get on with the tables: during a deployment, some of them run. */
  readonly readableBy: number;
  /** Statements that may be repeated, and that another worker may run at the same time. */
  readonly statements: (books: Bookkeeping) => readonly string[];
}

/** Version 1 had no table of versions. */
const FIRST = 1;

/** Every change since version 1, in order. */
const MIGRATIONS: readonly Migration[] = [
  // `checkpoint` of a fence holds a fence point. Workers of version 1 write a position there, and never read it.
  { version: 2, readableBy: 1, statements: () => [] },
];

const BOOKKEEPING_VERSION = MIGRATIONS.at(-1)?.version ?? FIRST;

const createVersions = (versions: string, options: string): string =>
  `create table if not exists ${versions} (
     version bigint not null primary key,
     readable_by bigint not null
   ) ${options}`;

/** Brings the tables forward. SINK_NEWER, and nothing is changed, if workers of this version cannot get on with them. */
export async function bringForward(connection: Connection, books: Bookkeeping): Promise<void> {
  const { version, readableBy } = await found(connection, books);
  if (readableBy > BOOKKEEPING_VERSION) {
    throw new CdcError(
      'SINK_NEWER',
      `The tables of ${books.database} at the sink are of version ${version}, and this deployment knows versions up to ${BOOKKEEPING_VERSION}.`,
    );
  }
  for (const migration of MIGRATIONS.filter((one) => one.version > version)) {
    for (const statement of migration.statements(books)) await connection.query(statement);
    await note(connection, books, migration);
  }
}

async function found(
  connection: Connection,
  { versions }: Bookkeeping,
): Promise<{ readonly version: number; readonly readableBy: number }> {
  try {
    const { rows } = await connection.query(`select max(version), max(readable_by) from ${versions}`);
    const [version, readableBy] = rows[0] ?? [];
    return { version: Number(version ?? FIRST), readableBy: Number(readableBy ?? FIRST) };
  } catch (error) {
    if (isMissing(error) || isDenied(error)) return { version: FIRST, readableBy: FIRST };
    throw error;
  }
}

/**
 * Notes the version. An account without the right to create tables goes on without the note: every step may be repeated.
 * Another worker may note it at the same time.
 */
async function note(connection: Connection, books: Bookkeeping, { version, readableBy }: Migration): Promise<void> {
  try {
    await connection.query(createVersions(books.versions, books.options));
    await connection.query(`insert into ${books.versions} (version, readable_by) values (${version}, ${readableBy})`);
  } catch (error) {
    const isBeside = isCdcError(error, 'SINK_DUPLICATE_KEY') || isCdcError(error, 'SINK_LOCKED');
    if (!isBeside && !isDenied(error)) throw error;
  }
}

const isDenied = (error: unknown): boolean => isCdcError(error, 'SINK_PRIVILEGE');
