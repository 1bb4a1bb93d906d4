import { quoteText } from '../mysql/literal.ts';
import type { Session } from '../mysql/session.ts';
import type { Pin, Position } from '../replication/position.ts';
import type { Area } from '../task/table-selection.ts';

/** What a snapshot or a PITR covers. */
interface Held {
  readonly level: string;
  readonly database: string;
  readonly table: string;
}

interface HeldSnapshot extends Held {
  readonly pin: Pin;
}

interface Pitr extends Held {
  /** What it holds begins here, in nanoseconds since 1970. */
  readonly since: bigint;
}

/** Hours of the units of a PITR's length; months and years are taken for the shortest that there are. */
const HOURS: Readonly<Record<string, number>> = { h: 1, d: 24, mo: 28 * 24, y: 365 * 24 };
const NANOS_PER_HOUR = 3_600_000_000_000n;

/**
 * A point not after `ts` from which all history of the area is held without any doing of the task's: `ts` itself where
 * PITRs reach that far back, else the last snapshot before it that covers the whole area. Snapshots of tasks come and go.
 */
export async function heldSince(
  session: Session,
  ts: Position,
  area: Area,
  nowMillis: number,
): Promise<Pin | undefined> {
  const moment = BigInt(ts);
  const active = (await pitrs(session, nowMillis)).filter(({ since }) => since <= moment);
  if (areaParts(area).every((part) => active.some((held) => covers(held, part)))) return { name: '', ts };
  const found = (await snapshotsUpTo(session, ts)).filter((held) =>
    areaParts(area).every((part) => covers(held, part)),
  );
  return found[0]?.pin;
}

type Part = 'account' | { readonly database: string; readonly table?: string | undefined };

const areaParts = (area: Area): readonly Part[] => (area === 'account' ? ['account'] : area);

/** Servers may fold the case of names, so that it does not tell names apart. */
function covers({ level, database, table }: Held, part: Part): boolean {
  if (level === 'cluster' || level === 'account') return true;
  if (part === 'account' || part.database.toLowerCase() !== database.toLowerCase()) return false;
  return level === 'database' || (level === 'table' && part.table?.toLowerCase() === table.toLowerCase());
}

/** A PITR holds nothing from before it was made. */
async function pitrs(session: Session, nowMillis: number): Promise<Pitr[]> {
  const { rows } = await session.query(
    `select level, database_name, table_name, create_time, pitr_status_changed_time, pitr_length, pitr_unit
     from mo_catalog.mo_pitr where pitr_status = 1 and create_account = current_account_id()
       and (level = 'cluster' or account_name = current_account_name())`,
  );
  return rows.map((row) => {
    const [level = '', database = '', table = '', created = '0', activated = '0', length = '0', unit = ''] = texts(row);
    const reach = BigInt(Number(length) * (HOURS[unit] ?? 0)) * NANOS_PER_HOUR;
    const since = [BigInt(created), BigInt(activated), BigInt(nowMillis) * 1_000_000n - reach];
    return { level, database, table, since: since.reduce((a, b) => (a > b ? a : b)) };
  });
}

async function snapshotsUpTo(session: Session, ts: Position): Promise<HeldSnapshot[]> {
  const { rows } = await session.query(
    `select level, database_name, table_name, sname, ts from mo_catalog.mo_snapshots
     where ts <= ${BigInt(ts)} and left(sname, 7) <> ${quoteText('mo_cdc_')}
       and (level = 'cluster' or account_name = current_account_name())
     order by ts desc`,
  );
  return rows.map((row) => {
    const [level = '', database = '', table = '', name = '', at = ''] = texts(row);
    return { level, database, table, pin: { name, ts: at } };
  });
}

const texts = (row: readonly (Buffer | null)[]): string[] => row.map((value) => value?.toString('utf8') ?? '');
