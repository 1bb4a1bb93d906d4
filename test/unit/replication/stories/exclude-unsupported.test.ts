import { expect, it } from 'vitest';
import { listQuery } from '../../../../lib/http/request/queries.ts';
import { taskList } from '../../../../lib/http/view/task-list.ts';
import { taskView } from '../../../../lib/http/view/task-view.ts';
import { checkSpec } from '../../../../lib/task/check-spec.ts';
import { editedSpec } from '../../../../lib/task/edit-spec.ts';
import { taskState } from '../../../../lib/record/task-state.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

/** What was accepted when patterns were JavaScript's. It leaves `shop.b` out. */
const BEFORE = ['^(?!shop\\.a)'];
const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

async function worldWith(exclude: readonly string[]): Promise<MemoryWorld> {
  const world = new MemoryWorld(
    {},
    { level: 'database', tables: [], databases: [{ source: 'shop', sink: 'copy' }], exclude },
  );
  for (const table of [A, B]) world.source.put(table, '1', 'x');
  await world.createTask();
  return world;
}

const state = async (world: MemoryWorld) => taskState(await world.task(), world.clock.now());

async function edit(world: MemoryWorld, exclude: readonly string[]): Promise<void> {
  const seen = await world.task();
  await world.store.edit(seen, editedSpec(seen.spec, { exclude }));
}

it('a task with an expression that cannot be matched any more stops, with what to do, and copies nothing', async () => {
  const world = await worldWith(BEFORE);
  expect(await world.run()).toMatchObject({ outcome: 'failed', rowsLoaded: 0 });
  const task = await world.task();
  expect(task.error).toMatchObject({ code: 'EXCLUDE_UNSUPPORTED', retry: false });
  expect(task.error?.message).toContain('look-around');
  expect([...world.sink.tables.keys()]).toEqual([]);
  expect(await state(world)).toBe('failed');
  // It can still be looked at.
  expect(taskView(task, world.clock.now())).toMatchObject({ exclude: BEFORE, error: { code: 'EXCLUDE_UNSUPPORTED' } });
  const { tasks } = await taskList(world.store, listQuery.parse({}), world.clock.now());
  expect(tasks).toHaveLength(1);
});

it('is edited and restarted, and then goes by the new expression', async () => {
  const world = await worldWith([]);
  await world.run();
  const seen = await world.task();
  await world.store.edit(seen, { ...seen.spec, exclude: BEFORE });
  expect((await world.run()).outcome).toBe('failed');
  await edit(world, ['b$']);
  await world.store.setDesired(seen.spec.name, 'running');
  world.source.put(A, '2', 'y');
  world.source.put(B, '2', 'y');
  // What it left out until then is not to be told: it does not go on as if that had been nothing.
  await world.run();
  expect(world.sinkRows(B)).toEqual(['1=x']);
  await world.store.restart(seen.spec.name);
  await world.run();
  expect(await state(world)).toBe('running');
  expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
  expect(world.sinkRows(B)).toEqual(['1=x']);
});

it('says so of a task that is edited otherwise', async () => {
  const world = await worldWith(BEFORE);
  const { spec } = await world.task();
  expect(checkSpec(editedSpec(spec, { options: { pollIntervalMs: 500 } }))).toMatchObject([
    { code: 'EXCLUDE_UNSUPPORTED', setting: 'exclude' },
  ]);
  expect(checkSpec(editedSpec(spec, { exclude: ['b$'] }))).toEqual([]);
});
