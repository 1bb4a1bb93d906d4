import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText } from '../../lib/cut-text.ts';
import { CdcError } from '../../lib/errors.ts';
import { problemOf } from '../../lib/http/problem.ts';
import { classifyMatrixone, MATRIXONE_TEXTS } from '../../lib/matrixone/server/error-class.ts';
import { driverError } from '../../lib/wire/failure.ts';
import { describeError } from '../../lib/replication/run/describe-error.ts';
import { complain, Rejection } from '../../lib/task/rejection.ts';

const units = fc.constantFrom('a', 'é', '密', '🐤', '\ud83d', '\udc24', '\n', '\u0000');
const text = fc.array(units, { maxLength: 60 }).map((parts) => parts.join(''));

describe('a text that is cut', () => {
  it('fits in its bytes, is well formed, and begins as it was', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 3, max: 80 }), (given, most) => {
        const cut = cutText(given, most);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(most);
        expect(cut.isWellFormed()).toBe(true);
        const whole = given.toWellFormed();
        if (Buffer.byteLength(whole) <= most) expect(cut).toBe(whole);
        else {
          expect(cut.endsWith('…')).toBe(true);
          expect(whole.startsWith(cut.slice(0, -1))).toBe(true);
          // No more is lost than has to be.
          expect(Buffer.byteLength(cut)).toBeGreaterThan(most - 4);
        }
      }),
    );
  });

  it('is so wherever it is stored or answered', () => {
    const long = '🐤'.repeat(100_000);
    const stored = describeError(new CdcError('SINK_ERROR', long), undefined, 0);
    expect(Buffer.byteLength(stored.message)).toBeLessThanOrEqual(2_048);
    expect(Buffer.byteLength(problemOf(new CdcError('SINK_ERROR', long), 'r').detail)).toBeLessThanOrEqual(2_048);
    const complaints = Array.from({ length: 5_000 }, () => complain('MAPPING_INVALID', long, long));
    const problem = problemOf(new Rejection('REQUEST_INVALID', complaints), 'r');
    expect(problem.complaints?.length).toBe(201);
    expect(problem.complaints?.at(-1)?.found).toContain('4800 more');
    expect(JSON.stringify(problem).length).toBeLessThan(1_000_000);
  });
});

it.each(MATRIXONE_TEXTS.map(([, pattern]) => [pattern.source]))(
  'a long text of a server is classified in no time, by %s as well',
  (source) => {
    // Each beginning of an expression, without its end, over and over.
    const beginnings = source.split('|').map((each) => `${each.split('.*')[0] ?? ''} `.replaceAll(/[\\?"[\]*^]/gu, ''));
    const before = process.cpuUsage();
    for (const each of beginnings) {
      classifyMatrixone(driverError(Object.assign(new Error(each.repeat(200_000)), { errno: 20_101 })));
    }
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(1_000);
  },
);
