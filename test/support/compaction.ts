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
