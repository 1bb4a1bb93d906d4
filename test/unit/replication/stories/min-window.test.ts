import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskState } from '../../../../lib/record/task-state.ts';
import type { TaskOptions } from '../../../../lib/task/task.ts';
import { SOURCE_TABLES } from '../../../support/memory-world.ts';
import { ScheduledWorld } from '../../../support/scheduled-world.ts';

const [A] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0]];
const SECOND = 1_000;
const MINUTE = 60_000;

/** A task whose source gets a row every `every` milliseconds for so many minutes, once it is loaded. */
async function steady(options: Partial<TaskOptions>, every: number, minutes: number): Promise<ScheduledWorld> {
  const scheduled = new ScheduledWorld(options);
  const { busy } = scheduled;
  await busy.world.createTask();
  for (let at = every; at < minutes * MINUTE; at += every) {
    busy.write(at, () => {
      busy.world.source.put(A, String(at % 7), String(at));
    });
  }
  return scheduled;
}

const gaps = (times: readonly number[]): number[] => times.slice(1).map((at, i) => at - (times[i] ?? 0));

describe('minWindowMs', () => {
  it.each(['continuous', 'adaptive'] as const)(
    'keeps windows apart in mode %s; the task has as few commands, and loses nothing',
    async (mode) => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 500, max: 40 * SECOND }), async (minWindowMs) => {
          const scheduled = await steady({ mode, minWindowMs, idleAfterMs: MINUTE }, 300, 4);
          await scheduled.minutes(6);
          // The first pin is that of the load.
          const windows = scheduled.times('source.createPin').slice(1);
          for (const gap of gaps(windows)) expect(gap).toBeGreaterThanOrEqual(minWindowMs);
          const busy = windows.filter((at) => at > minWindowMs && at < 4 * MINUTE);
          expect(Math.max(...gaps(busy))).toBeLessThanOrEqual(minWindowMs + 500);
          const looks = scheduled.times('source.changedSince').filter((at) => at > minWindowMs && at < 4 * MINUTE);
          // When a window may begin there may be nothing yet: then looks come every 20 ms until the next write.
          expect(looks.length).toBeLessThanOrEqual((busy.length + 1) * 17);
          await scheduled.end();
          expect(scheduled.busy.world.sinkRows(A)).toEqual(scheduled.busy.world.sourceRows(A));
        }),
        { numRuns: 8, examples: [[5 * SECOND], [5_993]] },
      );
    },
    60_000,
  );

  it('of more than five minutes does not make a task look stalled, nor late', async () => {
    const scheduled = await steady({ mode: 'continuous', minWindowMs: 12 * MINUTE }, 30 * SECOND, 40);
    const { busy } = scheduled;
    await scheduled.minutes(45, async () => {
      expect(taskState(await busy.world.task(), busy.clock.now())).toBe('running');
    });
    expect(scheduled.times('source.createPin').length).toBeLessThan(8);
    await scheduled.end();
  });

  it('is ignored in mode tick', async () => {
    const scheduled = await steady({ mode: 'tick', minWindowMs: 12 * MINUTE }, 30 * SECOND, 5);
    await scheduled.minutes(6);
    expect(
      scheduled
        .times('source.createPin')
        .slice(1)
        .map((at) => Math.floor(at / MINUTE)),
    ).toEqual([0, 1, 2, 3, 4, 5]);
    await scheduled.end();
    expect(scheduled.busy.world.sinkRows(A)).toEqual(scheduled.busy.world.sourceRows(A));
  });

  it('keeps neither a check nor the end of the task waiting', async () => {
    const begun = new ScheduledWorld().begunAt;
    const endTs = new Date(begun + 3 * MINUTE).toISOString();
    const scheduled = await steady({ mode: 'continuous', minWindowMs: 30 * MINUTE, endTs }, 30 * SECOND, 10);
    const { busy } = scheduled;
    await scheduled.minutes(1);
    await busy.world.store.check('t', 'verify', undefined);
    await busy.clock.sleep(5 * SECOND);
    expect((await busy.world.task()).progress.check?.finishedAt).toBeGreaterThan(0);
    await scheduled.minutes(3);
    // One of the load, one window at the beginning, and then those of the end. (The source in memory has times of its own.)
    const pins = scheduled.times('source.createPin');
    expect(pins.filter((at) => at < 3 * MINUTE)).toHaveLength(2);
    expect(pins[2]).toBe(3 * MINUTE);
    await scheduled.end();
  });
});
