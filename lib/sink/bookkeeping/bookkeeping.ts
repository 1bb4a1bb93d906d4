import { isCdcError } from '../../errors.ts';
import { pinPrefix } from '../../data/position.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { quoteName } from '../../sql/identifier.ts';
import { quoteText } from '../../sql/literal.ts';
import type { Connection } from '../../wire/connection.ts';

/** The database that the product keeps beside the replicated tables, and one task's rows in it. */
export interface Bookkeeping {
  readonly taskId: string;
  /** The names of the task's pins begin with this. */
  readonly pins: string;
  readonly fence: string;
  readonly chunks: string;
  readonly loaders: string;
  readonly owners: string;
  /** The tables with rows of tasks, by `task_id`; the fence first. */
  readonly ofTasks: readonly string[];
  readonly versions: string;
  /** The name of the database. */
  readonly database: string;
  /** Options of every table. */
  readonly options: string;
  /** Statements that create the bookkeeping's database and tables if they are missing. */
  readonly create: readonly string[];
  /** A name for a temporary table. */
  stage(number: number): string;
}

export function bookkeeping(database: string, taskId: string, dialect: Dialect): Bookkeeping {
  const inside = (table: string): string => `${quoteName(database)}.${quoteName(table)}`;
  const options = dialect.bookkeepingOptions;
  return {
    taskId: quoteText(taskId),
    pins: pinPrefix(taskId),
    fence: inside('fence'),
    chunks: inside('chunk'),
    loaders: inside('loader'),
    owners: inside('owner'),
    ofTasks: ['fence', 'chunk', 'loader', 'owner'].map(inside),
    versions: inside('version'),
    database,
    options,
    stage: (number) => inside(`stage_${number}`),
    create: [
      `create database if not exists ${quoteName(database)}`,
      `create table if not exists ${inside('fence')} (
         task_id varchar(64) not null primary key,
         epoch bigint not null,
         \`window\` bigint not null,
         batch bigint not null,
         checkpoint varchar(64) null,
         writes bigint not null,
         updated_at timestamp not null default current_timestamp
       ) ${options}`,
      `create table if not exists ${inside('chunk')} (
         task_id varchar(64) not null,
         generation bigint not null,
         table_name varchar(255) not null,
         chunk bigint not null,
         lower_key longtext null,
         upper_key longtext null,
         done tinyint not null,
         row_count bigint not null,
         epoch bigint not null,
         claimed_by varchar(128) not null,
         primary key (task_id, generation, table_name, chunk)
       ) ${options}`,
      `create table if not exists ${inside('loader')} (
         task_id varchar(64) not null,
         place bigint not null,
         owner varchar(128) not null,
         held_until bigint not null,
         primary key (task_id, place)
       ) ${options}`,
      `create table if not exists ${inside('owner')} (
         table_name varchar(255) not null primary key,
         task_id varchar(64) not null
       ) ${options}`,
    ],
  };
}

/**
 * Creates what is missing. If nothing is missing, no right to create is needed. Two workers may create at the same
 * time: the slower one tries once more and finds everything.
 */
export async function ensureBookkeeping(connection: Connection, books: Bookkeeping): Promise<void> {
  if (await exists(connection, books)) return;
  for (const statement of books.create) {
    await connection.query(statement).catch(() => connection.query(statement));
  }
}

async function exists(connection: Connection, { ofTasks, taskId }: Bookkeeping): Promise<boolean> {
  try {
    for (const table of ofTasks) await connection.query(`select 1 from ${table} where task_id = ${taskId}`);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

export const isMissing = (error: unknown): boolean =>
  isCdcError(error, 'SINK_TABLE_MISSING') || isCdcError(error, 'SINK_DATABASE_MISSING');
