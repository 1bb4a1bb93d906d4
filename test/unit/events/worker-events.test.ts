import { expect, it } from 'vitest';
import { Announcer } from '../../../lib/events/announcer.ts';
import { ChangeQueue } from '../../../lib/events/change-queue.ts';
import { withChangesHeard } from '../../../lib/events/watched-store.ts';
import { CdcError } from '../../../lib/errors.ts';
import type { EventBus } from '../../../lib/store/announcements.ts';
import { tableKey, type TaskOptions } from '../../../lib/task/task.ts';
import { askResync } from '../../support/ask-resync.ts';
import { Listener, MemoryAnnouncements } from '../../support/memory-announcements.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../support/memory-world.ts';

const [A] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0]];
const refused = new CdcError('SINK_ROW_REJECTED', 'The sink does not take it.');

/** A world whose workers tell what they do. Its sink takes no row with the value `bad`. */
function telling(bus: EventBus, options: Partial<TaskOptions> = { tableErrors: 'ignore' }) {
  const world = new MemoryWorld(options);
  world.sink.refuses = (_table, row) => (row[1]?.toString() === 'bad' ? refused : undefined);
  const announcements = new MemoryAnnouncements();
  const deps = { tasks: world.store, announcements, bus, clock: world.clock, stage: 'test' };
  const failures: string[] = [];
  const queue = new ChangeQueue(new Announcer(deps), (_level, event) => failures.push(event));
  let looks = 0;
  const listener = {
    changed: (name: string, id: string): void => {
      looks += 1;
      queue.changed(name, id);
    },
  };
  world.storeAs = (store) => withChangesHeard(store, listener);
  return { world, queue, failures, looks: () => looks };
}

it('workers tell what they do, and nothing of windows', async () => {
  const listener = new Listener();
  const { world, queue, looks } = telling(listener);
  const heard = async () => {
    const before = listener.heard.size;
    await world.run();
    await queue.settled(10_000);
    return listener.types.slice(before);
  };
  world.source.put(A, '1', 'v');
  await world.createTask();
  expect(await heard()).toEqual(['Task Created', 'Task Load Finished']);
  world.source.put(A, '2', 'v');
  const calm = looks();
  expect(await heard()).toEqual([]);
  // One when it took the lease, one when it gave it back.
  expect(looks() - calm).toBe(2);
  world.source.put(A, '3', 'bad');
  expect(await heard()).toEqual(['Table Set Aside']);
  expect([...listener.heard.values()].at(-1)?.detail).toMatchObject({
    stage: 'test',
    state: 'running',
    table: tableKey(A),
    error: { code: 'SINK_ROW_REJECTED' },
  });
  world.sink.refuses = () => undefined;
  await askResync(world);
  expect(await heard()).toEqual(['Table Brought Back']);
  await world.store.setDesired('t', 'paused');
  expect(await heard()).toEqual(['Task Paused']);
  await world.store.drop('t');
  expect(await heard()).toEqual(['Task Dropped']);
});

it('a bus that refuses or hangs changes nothing of what a worker does, nor when', async () => {
  const hanging = Promise.withResolvers<never>();
  hanging.promise.catch(() => undefined);
  for (const send of [() => hanging.promise, () => Promise.reject(new Error('denied'))]) {
    const { world, queue, failures } = telling({ send });
    world.source.put(A, '1', 'v');
    await world.createTask();
    expect(await world.run()).toMatchObject({ outcome: 'stopped', rowsLoaded: 1 });
    world.source.put(A, '2', 'v');
    expect(await world.run()).toMatchObject({ outcome: 'stopped', rowsApplied: 1 });
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    const before = Date.now();
    await queue.settled(50);
    expect(Date.now() - before).toBeLessThan(5_000);
    expect(failures.every((event) => event === 'events.failed')).toBe(true);
  }
});

it('what a worker could not send is sent with the next look, under the same id', async () => {
  const listener = new Listener();
  let refuses = true;
  const { world, queue, failures } = telling({
    send: async (events) => {
      // EventBridge may take events, and its answer may be lost.
      await listener.send(events);
      if (refuses) throw new Error('The answer is lost.');
    },
  });
  await world.createTask();
  await world.run();
  await queue.settled(10_000);
  expect(failures).not.toEqual([]);
  refuses = false;
  await world.run();
  await queue.settled(10_000);
  expect(listener.types).toEqual(['Task Created', 'Task Load Finished']);
  expect(listener.repeats).toBeGreaterThan(0);
});

it('a task that compares instead of copying tells the end of its comparison, and not its beginning', async () => {
  const listener = new Listener();
  const { world, queue } = telling(listener, { existingRows: 'compare' });
  const heard = async () => {
    await world.run();
    await queue.settled(10_000);
    return listener.types;
  };
  world.source.put(A, '1', 'bad');
  await world.createTask();
  expect(await heard()).toEqual(['Task Created', 'Task Failed']);
  world.sink.refuses = () => undefined;
  await world.store.setDesired('t', 'running');
  expect(await heard()).toEqual(['Task Created', 'Task Failed', 'Task Running', 'Task Load Finished']);
});
