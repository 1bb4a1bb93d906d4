import { quoteText } from '../../../sql/literal.ts';
import type { Connection } from '../../../wire/connection.ts';
import { type Pin, position, type Position } from '../../../data/position.ts';
import type { Area } from '../../../task/table-selection.ts';
import { areaParts, covers, type Held, listPitrs, type Pitr } from './pitrs.ts';

interface HeldSnapshot extends Held {
  readonly pin: Pin;
}

const NANOS_PER_MILLI = 1_000_000n;
/** The worker's clock may be so far behind the server's: what falls out of a PITR's reach by then is not relied upon. */
const SKEW = 60_000n * NANOS_PER_MILLI;

/**
 * A point not after `ts` from which all history of the area is held without any doing of the task's: `ts` itself where
 * PITRs reach that far back, and will for a while (pitrReach is asked again and again while the task stands there), else
 * the last snapshot before it that covers the whole area. Snapshots of tasks come and go.
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
 * For how long, counted from `ts`, PITRs hold all history of the area from there on, in milliseconds; undefined when
 * they do not, or no longer. `known` is what was answered for it last: a PITR that was made longer since holds nothing
 * that had fallen out of its reach before. Those of single tables do not count: they follow the number of the table,
 * which an ALTER changes.
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
