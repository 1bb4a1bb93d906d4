import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ZONES = '/usr/share/zoneinfo';

/** Seconds east of UTC at the given time. */
export function zoneOffset(zone: string, millis: number): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(millis).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] =
    /GMT([+-])(\d+):?(\d+)?:?(\d+)?/u.exec(name.replace('\u2212', '-')) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
}

/**
 * The abbreviation that tzdata has for the zone at the given time, such as CST or CEST. JavaScript has other names
 * (GMT+8 for CST), so this function reads the system's tzdata files. If there is no file, or the zone has no
 * abbreviation, it returns the offset. No library was found that is small, kept current and agrees with tzdata:
 * moment-timezone adds 0.8 MB and moment, which is only maintained; timezone-support has the data of 2022; @vvo/tzdb has
 * names that tzdata does not have (SGT); and @phensley/timezone knows no summer time after 2037.
 */
export function zoneAbbreviation(zone: string, millis: number, directory = ZONES): string {
  const offset = zoneOffset(zone, millis);
  try {
    const found = abbreviationIn(readFileSync(join(directory, zone)), Math.floor(millis / 1000), offset);
    if (found !== undefined) return found;
  } catch {
    // There is no such file, or the file has another format.
  }
  return offset === 0 ? 'UTC' : offsetName(offset);
}

const offsetName = (offset: number): string => {
  const minutes = Math.abs(Math.trunc(offset / 60));
  const hours = String(Math.trunc(minutes / 60)).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${hours}${minutes % 60 === 0 ? '' : String(minutes % 60).padStart(2, '0')}`;
};

/**
 * Reads a file in TZif format (RFC 9636). Of the kinds of local time with this offset, it returns the abbreviation of
 * the one that came into use last before `seconds`. The caller knows the offset, so the rule for the years after the
 * file's last change is not needed.
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

/** Where the block with 64-bit times begins, and how many changes and kinds of local time it has. */
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
