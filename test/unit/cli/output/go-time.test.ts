import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goTime } from '../../../../lib/cli/output/go-time.ts';
import { zoneAbbreviation } from '../../../../lib/cli/output/time-zone.ts';

const NANOS = 1_743_145_304_030_821_000n;

describe('goTime', () => {
  it.each([
    ['Asia/Shanghai', '2025-03-28 15:01:44.030821 +0800 CST'],
    ['UTC', '2025-03-28 07:01:44.030821 +0000 UTC'],
    ['America/New_York', '2025-03-28 03:01:44.030821 -0400 EDT'],
    ['America/St_Johns', '2025-03-28 04:31:44.030821 -0230 NDT'],
    ['Europe/Berlin', '2025-03-28 08:01:44.030821 +0100 CET'],
    ['Asia/Singapore', '2025-03-28 15:01:44.030821 +0800 +08'],
    ['Asia/Kathmandu', '2025-03-28 12:46:44.030821 +0545 +0545'],
  ])('prints the time of %s', (zone, text) => {
    expect(goTime(NANOS, zone)).toBe(text);
  });

  it('trims the zeros at the end of the fraction', () => {
    expect(goTime(1_743_145_304_000_000_000n, 'UTC')).toBe('2025-03-28 07:01:44 +0000 UTC');
    expect(goTime(1_743_145_304_500_000_000n, 'UTC')).toBe('2025-03-28 07:01:44.5 +0000 UTC');
    expect(goTime(1_743_145_304_000_000_001n, 'UTC')).toBe('2025-03-28 07:01:44.000000001 +0000 UTC');
  });

  it('prints the beginning of time as mo_cdc does', () => {
    expect(goTime(0n, 'Asia/Shanghai')).toBe('1970-01-01 08:00:00 +0800 CST');
  });

  it('knows summer from winter, also when no change of the zone is recorded any more', () => {
    expect(goTime(4_000_000_000_000_000_000n, 'Europe/Berlin')).toBe('2096-10-02 09:06:40 +0200 CEST');
    expect(goTime(4_005_000_000_000_000_000n, 'Europe/Berlin')).toMatch(/ \+0100 CET$/u);
  });

  it('is the same moment in every zone', () => {
    const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    fc.assert(
      fc.property(fc.bigInt(0n, 4_000_000_000_000_000_000n), zones, (nanos, zone) => {
        const [date, time, offset, name] = goTime(nanos, zone).split(' ');
        const [clock, fraction = ''] = (time ?? '').split('.');
        const iso = `${date}T${clock}${offset?.slice(0, 3)}:${offset?.slice(3)}`;
        // Offsets with seconds ended in 1972, but for one: Go prints them cut off as well.
        fc.pre(nanos > 100_000_000_000_000_000n);
        expect(BigInt(Date.parse(iso)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))).toBe(nanos);
        expect(name).toMatch(/^([A-Za-z]+|[+-]\d+)$/u);
      }),
    );
  });
});

describe('zoneAbbreviation', () => {
  it('does with the offset where the system has no zones', () => {
    const name = (zone: string) => zoneAbbreviation(zone, 1_743_145_304_030, '/nowhere');
    expect([name('Asia/Shanghai'), name('UTC'), name('America/St_Johns')]).toEqual(['+08', 'UTC', '-0230']);
  });
});
