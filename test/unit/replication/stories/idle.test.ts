import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BusyWorld, type Call } from '../../../support/busy-world.ts';
import type { Gate } from '../../../support/gate.ts';

const MINUTE = 60_000;
const READS = new Set(['store.watch']);

/** All that an idle task asks of its source and of the store, after the first two minutes, for so many more. */
async function idle(pollIntervalMs: number, minutes: number): Promise<{ calls: Call[]; startedAt: number }> {
  const busy = new BusyWorld({ pollIntervalMs });
  const startedAt = busy.clock.now() + 2 * MINUTE;
  await busy.world.createTask();
  const report = await busy.world.run(busy.gate(), (2 + minutes) * MINUTE);
  expect(report.outcome).toBe('stopped');
  const endedAt = startedAt + minutes * MINUTE;
  return { calls: busy.calls.filter(({ at }) => at >= startedAt && at < endedAt), startedAt };
}

const count = (calls: readonly Call[], wanted: (call: string) => boolean): number =>
  calls.filter(({ call }) => wanted(call)).length;
const isWrite = (call: string): boolean =>
  call.startsWith('store.') && !READS.has(call) && call !== 'store.release' && call !== 'store.acquire';

describe('an idle task', () => {
  it.each([3_000, 4_000, 6_000])('moves its checkpoint although a look takes %i ms', async (takes) => {
    const busy = new BusyWorld();
    await busy.world.createTask();
    const slow: Gate = async (call, when) => {
      if (call === 'source.changedSince' && when === 'before') await busy.clock.sleep(takes);
    };
    const startedAt = busy.clock.now();
    await busy.world.run(busy.gate(slow), 5 * MINUTE);
    const moves = busy.made('source.createPin').map(({ at }) => at - startedAt);
    const stays = [...moves, 5 * MINUTE].map((at, i) => at - (moves[i - 1] ?? 0));
    expect(Math.max(...stays)).toBeLessThanOrEqual(20_000 + 2 * takes);
  });

  it('costs the store one read a second and one write in ten, and the source a look per poll', async () => {
    const { calls } = await idle(200, 1);
    expect(count(calls, (call) => READS.has(call))).toBeLessThanOrEqual(60);
    expect(count(calls, isWrite)).toBeLessThanOrEqual(6);
    expect(count(calls, (call) => call === 'source.changedSince')).toBeLessThanOrEqual(MINUTE / 200 + 6);
    // Six times, the checkpoint moves: a pin, its tables' shapes, no changes in any, the older pin goes.
    const others = calls.map(({ call }) => call).filter((call) => /^(source|sink)\./u.test(call));
    const perMove = ['createPin', 'shapes', 'changedTables', 'dropPin'].map((call) => `source.${call}`);
    const expected = Array.from({ length: 6 }, () => perMove).flat();
    expect(others.filter((call) => call !== 'source.changedSince').sort()).toEqual(expected.sort());
  });

  it('writes once in ten seconds at most whatever its poll interval, and its lease never runs out', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 50, max: 150_000 }), async (pollIntervalMs) => {
        const { calls, startedAt } = await idle(pollIntervalMs, 5);
        const writes = calls.filter(({ call }) => isWrite(call)).map(({ at }) => at - startedAt);
        expect(writes.length).toBeLessThanOrEqual(30);
        const gaps = [...writes, 5 * MINUTE].map((at, i) => at - (writes[i - 1] ?? 0));
        expect(Math.max(...gaps)).toBeLessThan(15_000);
        expect(count(calls, (call) => READS.has(call))).toBeLessThanOrEqual(300);
        // The checkpoint moves all the same: when a renewal of the lease has come first, ten seconds after that.
        const moves = calls.filter(({ call }) => call === 'source.createPin').map(({ at }) => at - startedAt);
        const stays = [...moves, 5 * MINUTE].map((at, i) => at - (moves[i - 1] ?? 0));
        expect(Math.max(...stays)).toBeLessThanOrEqual(Math.max(pollIntervalMs, 10_000) + 12_000);
      }),
      { numRuns: 25, examples: [[200], [3_000], [7_000], [13_000]] },
    );
  }, 60_000);
});
