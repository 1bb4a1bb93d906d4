import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Announcer } from '../../../lib/events/announcer.ts';
import { eventDetailSchema } from '../../../lib/events/event-schema.ts';
import { Sweep } from '../../../lib/events/sweep.ts';
import { EVENT_TYPES } from '../../../lib/events/task-event.ts';
import { newProgress } from '../../../lib/record/progress.ts';
import type { ToldState } from '../../../lib/task/state-traits.ts';
import { briefOf } from '../../../lib/record/brief/task-brief.ts';
import type { TaskRecord } from '../../../lib/record/task-record.ts';
import { failure } from '../../contracts/store-steps.ts';
import { gated, type Gate } from '../../support/gate.ts';
import { Listener, MemoryAnnouncements } from '../../support/memory-announcements.ts';
import { scenarioRecord } from '../../support/scenario-task.ts';
import { readTableKey } from '../../../lib/task/task.ts';

const CREATED = scenarioRecord();
const NOW = CREATED.createdAt + 1_000;
const TABLE = readTableKey('production_db.user_activities');
const noLog = (): void => undefined;

const aside = (at: number) => ({
  [TABLE]: { code: 'SINK_DUPLICATE_KEY', message: 'row 4711', action: 'Look.', at, check: 0 } as const,
});
const withProgress = (change: Partial<TaskRecord['progress']>, more: Partial<TaskRecord> = {}): TaskRecord =>
  scenarioRecord({ progress: { ...newProgress(1, CREATED.createdAt), phase: 'window', ...change }, ...more });

/** What a task may be like, and the state that others are to know then. */
const SITUATIONS: readonly (readonly [TaskRecord, ToldState])[] = [
  [scenarioRecord(), 'running'],
  [scenarioRecord({ error: { ...failure, retry: true } }), 'running'],
  [withProgress({}), 'running'],
  [withProgress({}, { generation: 2 }), 'running'],
  [withProgress({ aside: aside(1) }), 'running'],
  [withProgress({ aside: aside(2) }, { desired: 'paused' }), 'paused'],
  [withProgress({ phase: 'finished' }), 'finished'],
  [scenarioRecord({ error: { ...failure, retry: false } }), 'failed'],
  [withProgress({}, { error: { ...failure, code: 'HISTORY_LOST', retry: false } }), 'historyLost'],
];

class World {
  readonly announcements = new MemoryAnnouncements();
  readonly listener = new Listener();
  task: TaskRecord | undefined = CREATED;
  now = NOW;

  announcer(gate: Gate = () => Promise.resolve()): Announcer {
    return new Announcer({
      tasks: { get: () => Promise.resolve(this.task) },
      announcements: gated(this.announcements, 'announcements', gate),
      bus: gated(this.listener, 'bus', gate),
      clock: { now: () => this.now },
      stage: 'test',
    });
  }

  announce = (gate?: Gate): Promise<void> => this.announcer(gate).announce(CREATED.spec.name, CREATED.id);
}

/** Dies before or after the given call. */
function dying(at: number): Gate {
  let calls = 0;
  return () => {
    calls += 1;
    return calls === at ? Promise.reject(new Error('killed')) : Promise.resolve();
  };
}

const step = fc.record({
  situation: fc.option(fc.integer({ min: 0, max: SITUATIONS.length - 1 }), { freq: 12, nil: undefined }),
  killedAt: fc.option(fc.integer({ min: 1, max: 10 })),
});

it('tells every state that a look has found, once for who ignores repeats, wherever the announcers die', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const world = new World();
      for (const { situation, killedAt } of steps) {
        // A task that is gone never comes back: another one has another id.
        world.task = situation === undefined || world.task === undefined ? undefined : SITUATIONS[situation]?.[0];
        await world.announce(killedAt === null ? undefined : dying(killedAt)).catch(() => undefined);
      }
      // The next tick.
      await world.announce();
      const details = [...world.listener.heard.values()].map(({ detail }) => eventDetailSchema.parse(detail));
      const sequences = details.map(({ sequence }) => sequence);
      expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
      const expected = SITUATIONS.find(([record]) => record === world.task)?.[1];
      if (details.length > 0) expect(details.at(-1)?.state ?? undefined).toBe(expected);
      else expect(world.task).toBeUndefined();
      await world.announce();
      expect(world.listener.heard.size).toBe(details.length);
    }),
    { numRuns: 500 },
  );
});

it('tells what becomes of a task, from its creation to its end', async () => {
  const world = new World();
  for (const [task] of [...SITUATIONS, [undefined] as const]) {
    world.task = task;
    await world.announce();
  }
  expect(world.listener.types).toEqual([
    'Task Created',
    'Task Load Finished',
    // After a restart.
    'Task Load Finished',
    'Table Set Aside',
    'Task Paused',
    'Table Set Aside',
    'Task Finished',
    'Table Brought Back',
    'Task Failed',
    'Task History Lost',
    'Task Load Finished',
    'Task Dropped',
  ]);
  expect(JSON.stringify([...world.listener.heard])).not.toContain('4711');
  expect(await world.announcements.list()).toEqual(new Map());
});

it('has a type for every kind, and no two alike', () => {
  const types = Object.values(EVENT_TYPES);
  expect(new Set(types).size).toBe(types.length);
});

it('does not take a task that was there before for a new one', async () => {
  const world = new World();
  world.now = CREATED.createdAt + 7_200_000;
  world.task = { ...CREATED, desired: 'paused' };
  await world.announce();
  expect(world.listener.types).toEqual([]);
  world.task = { ...CREATED, runningSince: world.now };
  await world.announce();
  expect(world.listener.types).toEqual(['Task Running']);
});

it('does not say that a table is back that has left the task', async () => {
  const world = new World();
  world.task = withProgress({ aside: aside(1) });
  await world.announce();
  world.task = withProgress({ missing: [TABLE] });
  await world.announce();
  expect(world.listener.types).toEqual(['Task Created', 'Task Load Finished', 'Table Set Aside']);
});

it('finds with each tick what nobody has told, a stall too, and asks nothing more of tasks without news', async () => {
  const world = new World();
  let looks = 0;
  const announcer = { announce: (name: string, id: string) => ((looks += 1), world.announcer().announce(name, id)) };
  const tick = async (tasks: readonly TaskRecord[], gate: Gate = () => Promise.resolve()) => {
    const sweep = await Sweep.begin({
      announcer,
      announcements: gated(world.announcements, 'announcements', gate),
      clock: { now: () => world.now },
      log: noLog,
    });
    for (const task of tasks) sweep?.see(briefOf(task));
    await sweep?.end(new AbortController().signal);
  };
  await tick([CREATED]);
  await tick([CREATED]);
  expect([looks, world.listener.types]).toEqual([1, ['Task Created']]);
  // A task that is not listed may be there all the same.
  await tick([]);
  expect(world.listener.types).toEqual(['Task Created']);
  world.now += 600_000;
  await tick([CREATED]);
  expect(world.listener.types).toEqual(['Task Created', 'Task Stalled']);
  await world.announce(dying(5)).catch(() => undefined);
  world.task = undefined;
  await tick([], () => Promise.reject(new Error('away')));
  await tick([]);
  expect(world.listener.types).toEqual(['Task Created', 'Task Stalled', 'Task Dropped']);
});
