import type { SqlClient } from './sql-client.ts';

/** Writes the rows in memory to objects of their own, so that there is something to merge. */
export const flush = (client: SqlClient, database: string, table: string): Promise<void> =>
  client.run(`select mo_ctl('dn', 'flush', '${database}.${table}')`);

/**
 * Does at once what a MatrixOne server does by itself over hours: merges a table's objects, and deletes old objects
 * that no held state needs. The record of what happened between held states is lost with them.
 */
export async function compact(client: SqlClient, database: string, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    await flush(client, database, table);
    await merge(client, `t:${database}.${table}:overlap`);
  }
  await collect(client);
}

async function collect(client: SqlClient): Promise<void> {
  // The first round makes the objects unneeded, the next one deletes them.
  for (let round = 0; round < 3; round += 1) {
    await client.run("select mo_ctl('dn', 'globalcheckpoint', '')", "select mo_ctl('dn', 'diskcleaner', 'force_gc')");
  }
}

async function merge(client: SqlClient, objects: string): Promise<void> {
  try {
    await client.run(`select mo_ctl('cn', 'mergeobjects', '${objects}')`);
  } catch (error) {
    // The table has one object or none.
    if (!(error instanceof Error && error.message.includes('no matching objects'))) throw error;
  }
}

/** All tables of these databases. Tables that are dropped meanwhile are left out. */
export async function compactDatabases(client: SqlClient, databases: readonly string[]): Promise<void> {
  const tables = `select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'
     and table_schema in (${databases.map((name) => `'${name}'`).join(', ')})`;
  const there = (): Promise<string[]> => client.sorted(tables);
  for (const key of await there()) {
    const [database = '', table = ''] = key.split('|');
    try {
      await flush(client, database, table);
      await merge(client, `t:${database}.${table}:overlap`);
    } catch (error) {
      if ((await there()).includes(key)) throw error;
    }
  }
  await collect(client);
}
