import type { Print, SqlPrompt } from './sql-prompt.ts';

interface Own {
  readonly database: string;
  readonly table: string;
}

const AT_SOURCE: Own = { database: 'production_db', table: 'user_activities' };
const AT_SINK: Own = { database: 'analytics_db', table: 'analytics_activities' };

/** Removes the databases and the PITR of an earlier run from servers that outlive it, and nothing else. */
export async function removeLeftovers(source: SqlPrompt, sink: SqlPrompt, print: Print): Promise<void> {
  await removeDatabase(source, AT_SOURCE, print);
  await removeDatabase(sink, AT_SINK, print);
  const pitrs = await source.rows('show pitr');
  if (!pitrs.some(([name]) => name === 'pitr_activity')) return;
  print('-- Dropping the PITR pitr_activity of an earlier run.\n');
  await source.rows('drop pitr pitr_activity');
}

async function removeDatabase(sql: SqlPrompt, { database, table }: Own, print: Print): Promise<void> {
  const databases = await sql.rows('show databases');
  if (!databases.some(([name]) => name === database)) return;
  const tables = await sql.rows(`show tables from ${database}`);
  if (!tables.every(([name]) => name === table)) {
    throw new Error(`${database} exists and holds other tables than the scenario's: it is not touched.`);
  }
  print(`-- Dropping the database ${database} of an earlier run.\n`);
  await sql.rows(`drop database ${database}`);
}
