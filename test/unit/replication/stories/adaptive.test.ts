import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskView } from '../../../../lib/http/view/task-view.ts';
import type { Gate } from '../../../support/gate.ts';
import { killer } from '../../../support/killer.ts';
import { SOURCE_TABLES } from '../../../support/memory-world.ts';
import { ScheduledWorld } from '../../../support/scheduled-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];
const MINUTE = 60_000;
const SECOND = 1_000;

/** An adaptive task that idles after ten minutes, and whose source gets a row at each of these minutes. */
async function adaptive(writes: readonly number[] = [], options = {}): Promise<ScheduledWorld> {
  const scheduled = new ScheduledWorld({ idleAfterMs: 10 * MINUTE, pollIntervalMs: 1_000, ...options });
  const { busy } = scheduled;
  await busy.world.createTask();
  for (const minute of writes) {
    busy.write(minute * MINUTE, () => {
      busy.world.source.put(A, '1', `at ${minute}`);
    });
  }
  return scheduled;
}

const expectInStep = ({ busy: { world } }: ScheduledWorld): void => {
  for (const table of SOURCE_TABLES) expect(world.sinkRows(table)).toEqual(world.sourceRows(table));
};

/** Runs that began and ended in this time, both in minutes. */
const within = ({ runs }: ScheduledWorld, from: number, to: number) =>
  runs.filter((run) => run.from >= from * MINUTE && (run.to ?? Infinity) <= to * MINUTE);

describe('an adaptive task', () => {
  it('is continuous until nothing has changed for ten minutes, then has one look a minute', async () => {
    const scheduled = await adaptive([3.5]);
    await scheduled.minutes(30);
    const [first, ...idle] = scheduled.runs;
    expect(first?.from).toBe(0);
    expect(first?.to).toBeGreaterThanOrEqual(13.5 * MINUTE);
    expect(first?.to).toBeLessThan(13.5 * MINUTE + 2 * SECOND);
    expect(idle.map(({ from }) => from)).toEqual(Array.from({ length: 16 }, (_, i) => (14 + i) * MINUTE));
    for (const { from, to } of idle) expect((to ?? Infinity) - from).toBeLessThan(SECOND);
    const pins = scheduled.times('source.createPin').filter((at) => at >= 14 * MINUTE);
    expect(pins.map((at) => Math.floor(at / MINUTE))).toEqual(Array.from({ length: 16 }, (_, i) => 14 + i));
    await scheduled.end();
    expectInStep(scheduled);
  });

  it('wakes up at the first change, stays until ten minutes after the last one, and sleeps again', async () => {
    const scheduled = await adaptive([20.5, 25, 29.2]);
    await scheduled.minutes(45);
    const awake = scheduled.runs.filter(({ from, to }) => (to ?? Infinity) - from > MINUTE);
    expect(awake.map(({ from }) => from / MINUTE)).toEqual([0, 21, 35]);
    expect(awake.at(-1)?.to).toBeGreaterThanOrEqual(39.2 * MINUTE);
    expect(awake.at(-1)?.to).toBeLessThan(39.3 * MINUTE);
    const commits = scheduled.times('sink.batch.commit');
    expect(commits.filter((at) => at >= 25 * MINUTE && at < 25 * MINUTE + 2 * SECOND)).toHaveLength(1);
    expect(within(scheduled, 40, 45)).toHaveLength(5);
    await scheduled.end();
    expectInStep(scheduled);
  });

  it('gets no successor for a worker that will have ended for want of changes', async () => {
    const scheduled = await adaptive([4.5]);
    await scheduled.minutes(20);
    // The first worker ends at 14.5, shortly before its time is up.
    expect(scheduled.runs.slice(0, 2).map(({ from }) => from / MINUTE)).toEqual([0, 15]);
    await scheduled.end();
  });

  it('gets a successor as long as it is awake', async () => {
    const scheduled = await adaptive([4.5, 8, 12, 16]);
    await scheduled.minutes(20);
    expect(scheduled.runs.map(({ from }) => from / MINUTE)).toEqual([0, 14]);
    await scheduled.end();
    expectInStep(scheduled);
  });

  it('says which of the two it is, and is never stalled', async () => {
    const scheduled = await adaptive([20.5]);
    const { busy } = scheduled;
    const seen: string[] = [];
    await scheduled.minutes(40, async () => {
      const { pace, state, lagRatio } = taskView(await busy.world.task(), busy.clock.now());
      seen.push(pace);
      expect(state).toBe('running');
      expect(lagRatio).toBeLessThan(2);
    });
    const parts = [9, 12, 9, 10].flatMap((length, i) =>
      Array<string>(length).fill(i % 2 === 0 ? 'continuous' : 'tick'),
    );
    expect(seen).toEqual(parts);
    await scheduled.end();
  });

  it('is awake after a resume, and after a worker died that had just woken up', async () => {
    const scheduled = await adaptive([20.5]);
    const { busy } = scheduled;
    await scheduled.minutes(21);
    let dead = false;
    const dying: Gate = async (call, when) => {
      await Promise.resolve();
      dead ||= call === 'sink.batch.commit' && when === 'after';
      if (dead) throw new Error('The process is killed.');
    };
    scheduled.gate = () => dying;
    await scheduled.minutes(1);
    expect(dead).toBe(true);
    expect((await busy.world.task()).progress.window).toBe(0);
    scheduled.gate = () => () => Promise.resolve();
    await scheduled.minutes(3);
    expect(scheduled.runs.at(-1)?.to).toBeUndefined();
    await scheduled.minutes(12);
    expect(scheduled.runs.at(-1)?.to).toBeDefined();
    await busy.world.store.setDesired('t', 'paused');
    await busy.world.store.setDesired('t', 'running');
    await scheduled.minutes(5);
    expect(scheduled.runs.at(-1)?.to).toBeUndefined();
    await scheduled.end();
    expectInStep(scheduled);
  });

  it('is awake after a first copy that took longer than that', async () => {
    const scheduled = await adaptive();
    const { busy } = scheduled;
    busy.world.source.put(A, '1', 'old');
    scheduled.gate = () => async (call, when) => {
      if (call === 'sink.loadChunk' && when === 'before') await busy.clock.sleep(11 * MINUTE);
    };
    const paces: string[] = [];
    await scheduled.minutes(23, async () => {
      paces.push(taskView(await busy.world.task(), busy.clock.now()).pace);
    });
    expect(paces).toEqual([...Array<string>(20).fill('continuous'), ...Array<string>(3).fill('tick')]);
    await scheduled.end();
    expectInStep(scheduled);
  });

  it('does at once what it is asked for while it idles', async () => {
    const scheduled = await adaptive();
    const { busy } = scheduled;
    await scheduled.minutes(15);
    busy.world.sink.tables.get('copy.a')?.clear();
    await busy.world.store.check('t', 'verify', undefined);
    await scheduled.minutes(2);
    expect((await busy.world.task()).progress.check).toMatchObject({ number: 1 });
    expect((await busy.world.task()).progress.check?.finishedAt).toBeGreaterThan(0);
    await scheduled.end();
  });

  it('loses nothing, and is never later than a tick, wherever the changes fall', async () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 6 * MINUTE }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(gaps, fc.integer({ min: 1_000, max: 3 * MINUTE }), async (waits, idleAfterMs) => {
        const scheduled = await adaptive([], { idleAfterMs });
        const { busy } = scheduled;
        const checks: Promise<void>[] = [];
        let at = 0;
        for (const [i, wait] of waits.entries()) {
          at += wait;
          const table = i % 2 === 0 ? A : B;
          busy.write(at, () => {
            busy.world.source.put(table, String(i), 'new');
          });
          const check = async (after: number): Promise<void> => {
            await busy.clock.sleep(after + 63_000);
            expect(busy.world.sinkRows(table)).toContain(`${i}=new`);
          };
          checks.push(check(at));
        }
        await scheduled.minutes(Math.ceil(at / MINUTE) + 2);
        await Promise.all(checks);
        await scheduled.end();
        expectInStep(scheduled);
      }),
      { numRuns: 12 },
    );
  }, 120_000);

  it('loses nothing although its workers die at any call around the switch', async () => {
    const deaths = fc.array(fc.integer({ min: 1, max: 250 }), { minLength: 1, maxLength: 6 });
    const gaps = fc.array(fc.integer({ min: 1, max: 4 * MINUTE }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(gaps, deaths, async (waits, calls) => {
        const scheduled = await adaptive([], { idleAfterMs: MINUTE, pollIntervalMs: 5_000 });
        const { busy } = scheduled;
        let at = 0;
        for (const [i, wait] of waits.entries()) {
          at += wait;
          busy.write(at, () => {
            if (i % 3 === 2) busy.world.source.delete(A, String(i - 1));
            else busy.world.source.put(i % 2 === 0 ? A : B, String(i), 'new');
          });
        }
        const left = [...calls];
        scheduled.gate = () => {
          const next = left.shift();
          return next === undefined ? () => Promise.resolve() : killer(next).gate;
        };
        await scheduled.minutes(Math.ceil(at / MINUTE) + calls.length * 2 + 3);
        await scheduled.end();
        expectInStep(scheduled);
        const { progress, error } = await busy.world.task();
        expect([...busy.world.source.snapshots.keys()]).toEqual([progress.checkpoint?.name]);
        expect(error).toBeUndefined();
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});
