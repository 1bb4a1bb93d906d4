import { quoteText } from '../../../sql/literal.ts';
import type { Connection } from '../../../wire/connection.ts';
import { type Pin, position, type Position } from '../../../data/position.ts';
import type { Area } from '../../../task/table-selection.ts';
import { areaParts, covers, type Held, listPitrs, type Pitr } from './pitrs.ts';

interface HeldSnapshot extends Held {
  readonly pin: Pin;
}

const NANOS_PER_MILLI = 1_000_000n;
/**
 * The worker's clock may lag this far behind the server's. History that leaves a PITR's reach within it does not count.
 */
const SKEW = 60_000n * NANOS_PER_MILLI;

/**
 * A point at or before `ts` since which all history of the area is held without the task's snapshots. It is `ts` itself
 * if PITRs hold it for some time to come (the caller asks pitrReach again and again while it relies on that). If not,
 * it is the last snapshot before `ts` that covers the whole area and that no task has made: tasks drop theirs.
 */
export async function heldSince(
  connection: Connection,
  ts: Position,
  area: Area,
  nowMillis: number,
): Promise<Pin | undefined> {
  if ((await pitrReach(connection, ts, area, nowMillis)) !== undefined) return { name: '', ts };
  const found = (await snapshotsUpTo(connection, ts)).filter((held) =>
    areaParts(area).every((part) => covers(held, part)),
  );
  return found[0]?.pin;
}

/**
 * For how long after `ts`, in milliseconds, PITRs hold all history of the area since `ts`; undefined if they do not, or
 * no longer. `known`: the last answer for the same `ts`. If a PITR's length was changed after that time, the PITR may
 * have lost history before. PITRs of single tables do not count: they follow the table's id, which an ALTER changes.
 */
export async function pitrReach(
  connection: Connection,
  ts: Position,
  area: Area,
  nowMillis: number,
  known = 0,
): Promise<number | undefined> {
  const moment = BigInt(ts);
  const now = BigInt(nowMillis) * NANOS_PER_MILLI;
  const before = BigInt(known) * NANOS_PER_MILLI;
  const holds = ({ created, altered, length }: Pitr): boolean =>
    created <= moment && now < moment + length - SKEW && (altered <= moment || altered < moment + before);
  const pitrs = (await listPitrs(connection)).filter((pitr) => pitr.level !== 'table' && holds(pitr));
  let reach: bigint | undefined;
  for (const part of areaParts(area)) {
    const lengths = pitrs.filter((held) => covers(held, part)).map(({ length }) => length - SKEW);
    if (lengths.length === 0) return undefined;
    const longest = lengths.reduce((a, b) => (a > b ? a : b));
    reach = reach === undefined || longest < reach ? longest : reach;
  }
  return reach === undefined ? undefined : Number(reach / NANOS_PER_MILLI);
}

async function snapshotsUpTo(connection: Connection, ts: Position): Promise<HeldSnapshot[]> {
  const { rows } = await connection.query(
    `select level, database_name, table_name, sname, ts from mo_catalog.mo_snapshots
     where ts <= ${BigInt(ts)} and left(sname, 7) <> ${quoteText('mo_cdc_')}
       and (level = 'cluster' or account_name = current_account_name())
     order by ts desc`,
  );
  return rows.map((row) => {
    const [level = '', database = '', table = '', name = '', at = ''] = texts(row);
    return { level, database, table, pin: { name, ts: position(at) } };
  });
}

const texts = (row: readonly (Buffer | null)[]): string[] => row.map((value) => value?.toString('utf8') ?? '');
