import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ZONES = '/usr/share/zoneinfo';

/** Seconds east of UTC at a moment. */
export function zoneOffset(zone: string, millis: number): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(millis).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] =
    /GMT([+-])(\d+):?(\d+)?:?(\d+)?/u.exec(name.replace('\u2212', '-')) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
}

/**
 * What tzdata calls the zone at a moment, such as CST or CEST. The names that JavaScript has differ (GMT+8 for CST), so
 * the system's own files are read; without them the offset stands in, as it does for zones that have no name.
 */
export function zoneAbbreviation(zone: string, millis: number, directory = ZONES): string {
  const offset = zoneOffset(zone, millis);
  try {
    const found = abbreviationIn(readFileSync(join(directory, zone)), Math.floor(millis / 1000), offset);
    if (found !== undefined) return found;
  } catch {
    // No such file, or not one of its kind.
  }
  return offset === 0 ? 'UTC' : offsetName(offset);
}

const offsetName = (offset: number): string => {
  const minutes = Math.abs(Math.trunc(offset / 60));
  const hours = String(Math.trunc(minutes / 60)).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${hours}${minutes % 60 === 0 ? '' : String(minutes % 60).padStart(2, '0')}`;
};

/**
 * Reads a file in TZif format (RFC 9636): the last kind of local time with this offset that came into use before the
 * moment. The offset is known, so the rule for the years after the file's last change need not be read.
 */
function abbreviationIn(file: Buffer, seconds: number, offset: number): string | undefined {
  const block = secondBlock(file);
  const [changes, types, names] = [block.at, block.at + block.times * 9, block.at + block.times * 9 + block.types * 6];
  const nameOf = (type: number): string | undefined => {
    if (file.readInt32BE(types + type * 6) !== offset) return undefined;
    const start = names + file.readUInt8(types + type * 6 + 5);
    return file.toString('latin1', start, file.indexOf(0, start));
  };
  for (let index = block.times - 1; index >= 0; index -= 1) {
    if (file.readBigInt64BE(changes + index * 8) > BigInt(seconds)) continue;
    const found = nameOf(file.readUInt8(changes + block.times * 8 + index));
    if (found !== undefined) return found;
  }
  return Array.from({ length: block.types }, (_, type) => nameOf(type)).find((name) => name !== undefined);
}

const HEADER = 44;

/** Where the data with times of 64 bits begin, and how many changes and kinds of local time they have. */
function secondBlock(file: Buffer): { at: number; times: number; types: number } {
  if (file.toString('latin1', 0, 4) !== 'TZif' || file.readUInt8(4) < 0x32) throw new Error('Not TZif of version 2.');
  const [utc, std, leaps, times, types, chars] = counts(file, 0);
  const second = HEADER + times * 5 + types * 6 + chars + leaps * 8 + std + utc;
  const [, , , times64, types64] = counts(file, second);
  return { at: second + HEADER, times: times64, types: types64 };
}

function counts(file: Buffer, header: number): [number, number, number, number, number, number] {
  const count = (index: number): number => file.readUInt32BE(header + 20 + index * 4);
  return [count(0), count(1), count(2), count(3), count(4), count(5)];
}
