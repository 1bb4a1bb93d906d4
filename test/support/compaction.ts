import type { SqlClient } from './sql-client.ts';

/** Writes what is in memory to objects of its own, so that there is something to merge. */
export const flush = (client: SqlClient, database: string, table: string): Promise<void> =>
  client.run(`select mo_ctl('dn', 'flush', '${database}.${table}')`);

/**
 * What a MatrixOne server does by itself in the course of hours, at once: merges a table's objects, and collects those that
 * nobody needs to read any state that is held. What led from one state to the other goes with them.
 */
export async function compact(client: SqlClient, database: string, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    await flush(client, database, table);
    await merge(client, `t:${database}.${table}:overlap`);
  }
  await collect(client);
}

async function collect(client: SqlClient): Promise<void> {
  // One round makes the objects unneeded, the next takes them away.
  for (let round = 0; round < 3; round += 1) {
    await client.run("select mo_ctl('dn', 'globalcheckpoint', '')", "select mo_ctl('dn', 'diskcleaner', 'force_gc')");
  }
}

async function merge(client: SqlClient, objects: string): Promise<void> {
  try {
    await client.run(`select mo_ctl('cn', 'mergeobjects', '${objects}')`);
  } catch (error) {
    // A table of a single object, or of none.
    if (!(error instanceof Error && error.message.includes('no matching objects'))) throw error;
  }
}

/** All tables of these databases, but those that are dropped meanwhile. */
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
