import { quoteText } from '../../../sql/literal.ts';
import type { Connection } from '../../../wire/connection.ts';
import { type Pin, position } from '../../../data/position.ts';

/** The prefix of everything that tasks create at the source. */
const OURS = quoteText('mo_cdc_');

/** The account's snapshots that this node shows. */
export async function readSnapshots(connection: Connection, condition: string): Promise<Pin[]> {
  const { rows } = await connection.query(`select sname, ts from mo_catalog.mo_snapshots where ${condition}`);
  return rows.map(([name, ts]) => ({ name: name?.toString('utf8') ?? '', ts: position(ts?.toString('latin1') ?? '') }));
}

/**
 * The time of the latest snapshot of a task that this node shows; 0 if there is none. Other snapshots may come from
 * another cluster, with times of its clock.
 */
export async function latestShown(connection: Connection): Promise<bigint> {
  const { rows } = await connection.query(`select max(ts) from mo_catalog.mo_snapshots where left(sname, 7) = ${OURS}`);
  return BigInt(rows[0]?.[0]?.toString('latin1') ?? 0);
}
