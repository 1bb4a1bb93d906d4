import { withoutEnd } from '../../without-end.ts';
import { zoneAbbreviation, zoneOffset } from './time-zone.ts';

/** A time as Go prints it and mo_cdc shows it: `2025-03-28 15:01:44.030821 +0800 CST`. */
export function goTime(nanos: bigint, zone: string): string {
  const millis = Number(nanos / 1_000_000n);
  const offset = zoneOffset(zone, millis);
  const local = new Date(Math.floor(millis / 1000) * 1000 + offset * 1000).toISOString().slice(0, 19).replace('T', ' ');
  const fraction = withoutEnd((nanos % 1_000_000_000n).toString().padStart(9, '0'), '0');
  const minutes = Math.trunc(Math.abs(offset) / 60);
  const digits = `${Math.trunc(minutes / 60)}`.padStart(2, '0') + `${minutes % 60}`.padStart(2, '0');
  return `${local}${fraction === '' ? '' : `.${fraction}`} ${offset < 0 ? '-' : '+'}${digits} ${zoneAbbreviation(zone, millis)}`;
}
