import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pollWait } from '../../../../lib/replication/window/poll-pace.ts';
import { BusyWorld } from '../../../support/busy-world.ts';
import { SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0]];
const millis = fc.integer({ min: 0, max: 200_000 });
const MINUTE = 60_000;

describe('the wait between two looks at the source', () => {
  it('is never longer than the poll interval, grows with the quiet, and is no shorter than the look took', () => {
    fc.assert(
      fc.property(millis, millis, millis, fc.integer({ min: 10, max: 100_000 }), (quiet, more, took, poll) => {
        const wait = pollWait(quiet, took, poll);
        expect(wait).toBeLessThanOrEqual(poll);
        expect(wait).toBeGreaterThanOrEqual(Math.min(poll, 20, took));
        expect(wait).toBeGreaterThanOrEqual(Math.min(poll, took));
        expect(pollWait(quiet + more, took, poll)).toBeGreaterThanOrEqual(wait);
      }),
    );
    expect(pollWait(0, 0, 200)).toBe(20);
    expect(pollWait(MINUTE, 5, 200)).toBe(200);
  });
});

describe('a task that waits for changes', () => {
  it('sees the one that follows another soon, the sooner the sooner it follows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: MINUTE }), async (gap) => {
        const busy = new BusyWorld({ pollIntervalMs: 1_000 });
        await busy.world.createTask();
        await busy.world.run(busy.gate(), 1_000);
        busy.write(10_000, () => {
          busy.world.source.put(A, '1', 'first');
        });
        busy.write(10_000 + gap, () => {
          busy.world.source.put(A, '1', 'second');
        });
        const startedAt = busy.clock.now();
        await busy.world.run(busy.gate(), 3 * MINUTE);
        const seen = busy.made('sink.batch.commit').map(({ at }) => at - startedAt);
        const last = seen.at(-1) ?? NaN;
        expect(last - (10_000 + gap)).toBeGreaterThanOrEqual(0);
        // A fiftieth of the quiet time since the first one was seen, and a little for what the wait itself adds to it.
        expect(last - (10_000 + gap)).toBeLessThanOrEqual(Math.min(1_000, Math.max(20, gap / 49)));
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('looks again at once after a window that had something in it', async () => {
    const busy = new BusyWorld();
    await busy.world.createTask();
    await busy.world.run(busy.gate(), 1_000);
    busy.write(5_000, () => {
      busy.world.source.put(A, '1', 'x');
    });
    await busy.world.run(busy.gate(), 10_000);
    const [commit] = busy.made('sink.batch.commit');
    const at = busy.calls.findIndex((call) => call === commit);
    const next = busy.calls.slice(at).find(({ call }) => call === 'source.changedSince');
    expect(next?.at).toBe(commit?.at);
  });

  it('rests for as long as a slow look took', async () => {
    const busy = new BusyWorld({ pollIntervalMs: 400 });
    await busy.world.createTask();
    await busy.world.run(
      busy.gate(async (call, when) => {
        if (call === 'source.changedSince' && when === 'before') await busy.clock.sleep(300);
      }),
      1_900,
    );
    const looks = busy.made('source.changedSince').map(({ at }) => at);
    const gaps = looks.slice(2).map((at, i) => at - (looks[i + 1] ?? 0));
    expect(gaps.length).toBeGreaterThan(1);
    for (const gap of gaps) expect(gap).toBe(600);
  });
});
