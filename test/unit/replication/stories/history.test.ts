import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHeldByPitr, pinPrefix } from '../../../../lib/data/position.ts';
import { editedSpec } from '../../../../lib/task/edit-spec.ts';
import { OPTIONS } from '../../../../lib/task/option-table.ts';
import type { TaskOptions } from '../../../../lib/task/task.ts';
import { askResync } from '../../../support/ask-resync.ts';
import type { Gate } from '../../../support/gate.ts';
import { killer, LEASE_RUNS_OUT } from '../../../support/killer.ts';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

function worldOf(options: Partial<TaskOptions> = {}, ...rest: ConstructorParameters<typeof MemoryWorld>[1][]) {
  const world = new MemoryWorld(options, ...rest);
  for (const id of ['1', '2', '3']) for (const table of SOURCE_TABLES) world.source.put(table, id, 'first');
  return world;
}

async function expectInStep(world: MemoryWorld, why?: string): Promise<void> {
  const { error } = await world.task();
  expect(error, why).toBeUndefined();
  for (const table of SOURCE_TABLES) expect(world.sinkRows(table), why).toEqual(world.sourceRows(table));
}

describe('a task whose history a PITR holds', () => {
  it('keeps no snapshot', async () => {
    const world = worldOf({ history: 'pitr' });
    world.source.makePitr();
    await world.createTask();
    let most = 0;
    const gate: Gate = async () => {
      most = Math.max(most, world.source.snapshots.size);
      await Promise.resolve();
    };
    await world.run(gate);
    world.source.put(A, '2', 'second');
    world.source.delete(B, '1');
    await world.run(gate);
    await expectInStep(world);
    expect(most).toBe(0);
    expect((await world.task()).progress).toMatchObject({ window: 1, pitrReach: 3_600_000 });
  });

  it('tells its times apart where tables come and go', async () => {
    const databases = [{ source: 'shop', sink: 'copy' }];
    const world = worldOf({ history: 'pitr' }, { level: 'database', tables: [], databases });
    world.source.makePitr();
    await world.createTask();
    await world.run();
    const fresh = { database: 'shop', table: 'fresh' };
    world.source.create(memorySchema(fresh, { id: '7' }));
    world.source.put(fresh, '1', 'new');
    await world.run();
    expect(world.sinkRows(fresh)).toEqual(['1=new']);
    await expectInStep(world);
  });

  it('waits for one, and goes on as soon as it is there', async () => {
    const world = worldOf({ history: 'pitr' });
    await world.createTask();
    await world.run(undefined, 100);
    expect((await world.task()).error).toMatchObject({ code: 'PITR_MISSING', retry: true });
    world.source.makePitr();
    await world.run();
    await expectInStep(world);
  });

  it('writes nothing of a window, and stores no checkpoint, where it is lost while the window is read', async () => {
    for (const point of ['source.shapes', 'source.describe', 'source.readChanges']) {
      const world = worldOf({ history: 'pitr' });
      world.source.makePitr();
      await world.createTask();
      await world.run();
      world.source.put(A, '2', 'second');
      const before = world.sinkRows(A);
      const { checkpoint } = (await world.task()).progress;
      const gate: Gate = async (call, when) => {
        await Promise.resolve();
        // Made anew, it holds what comes from now on.
        if (call === point && when === 'before') world.source.makePitr();
      };
      expect((await world.run(gate)).outcome, point).toBe('failed');
      expect((await world.task()).error?.code, point).toBe('HISTORY_LOST');
      expect(world.sinkRows(A), point).toEqual(before);
      expect((await world.task()).progress.checkpoint).toEqual(checkpoint);
      await askResync(world);
      expect((await world.run()).outcome, point).toBe('stopped');
      await expectInStep(world, point);
    }
  });

  it('does not take a first copy for whole that was read from what nobody held', async () => {
    const world = worldOf({ history: 'pitr' });
    world.source.makePitr();
    await world.createTask();
    const gate: Gate = async (call, when) => {
      await Promise.resolve();
      if (call === 'source.readRange' && when === 'before') world.source.makePitr();
    };
    expect((await world.run(gate)).outcome).toBe('failed');
    expect((await world.task()).error?.code).toBe('HISTORY_LOST');
    expect((await world.task()).progress.phase).toBe('load');
  });

  it('drops the barrier that a worker which died has left', async () => {
    const world = worldOf({ history: 'pitr' });
    world.source.makePitr();
    await world.createTask();
    await world.run();
    world.source.snapshot(`${pinPrefix((await world.task()).id)}0_barrier00ff`);
    await world.run();
    expect(world.source.snapshots.size).toBe(0);
    await expectInStep(world);
  });

  it('goes on the same whatever call its worker dies at', async () => {
    const points = new Set<string>();
    for (let at = 1; ; at += 1) {
      const { gate, killed } = killer(at);
      const world = worldOf({ history: 'pitr' });
      world.source.makePitr();
      await world.createTask();
      for (const id of ['4', '5', '6', '7']) {
        await world.run(gate).catch(() => undefined);
        world.source.put(A, id, 'next');
        world.source.put(B, '1', id);
        world.source.delete(A, String(Number(id) - 1));
        if (killed() !== undefined) world.clock.jump(LEASE_RUNS_OUT);
      }
      const why = `killed ${killed()} (${at})`;
      await world.run(gate).catch(() => undefined);
      world.clock.jump(LEASE_RUNS_OUT);
      await world.run();
      await expectInStep(world, why);
      expect(world.source.snapshots.size, why).toBe(0);
      if (killed() === undefined) break;
      points.add(killed() ?? '');
    }
    for (const point of ['source.createPin', 'source.pitrReach', 'sink.batch.commit', 'store.saveProgress']) {
      expect(points).toContain(`before ${point}`);
      expect(points).toContain(`after ${point}`);
    }
  }, 60_000);
});

describe('a task that takes what there is', () => {
  it('stands on a PITR as long as the account has no place for a snapshot', async () => {
    const world = worldOf();
    world.source.makePitr();
    await world.createTask();
    const held = async (): Promise<boolean | undefined> => {
      world.source.put(A, '1', String(Math.random()));
      await world.run();
      await expectInStep(world);
      const { checkpoint } = (await world.task()).progress;
      return checkpoint && isHeldByPitr(checkpoint);
    };
    expect(await held()).toBe(false);
    // Full by its own snapshot: a window between the two.
    world.source.quota = 1;
    expect(await held()).toBe(true);
    expect(world.source.snapshots.size).toBe(0);
    expect(await held()).toBe(false);
    world.source.quota = 0;
    expect(await held()).toBe(true);
    expect(await held()).toBe(true);
    world.source.quota = 5;
    expect(await held()).toBe(false);
    expect(world.source.snapshots.size).toBe(1);
  });

  it('says what to do where there is neither', async () => {
    const world = worldOf();
    world.source.quota = 0;
    await world.createTask();
    await world.run(undefined, 100);
    expect((await world.task()).error).toMatchObject({ code: 'SNAPSHOT_QUOTA', retry: true });
    expect((await world.task()).error?.action).toContain('create pitr');
  });
});

/** What may happen to a task and its source, in any order. */
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ put: fc.constantFrom('a', 'b'), id: fc.integer({ min: 1, max: 6 }) }) },
    { weight: 3, arbitrary: fc.record({ drop: fc.constantFrom('a', 'b'), id: fc.integer({ min: 1, max: 6 }) }) },
    { weight: 4, arbitrary: fc.record({ killAt: fc.integer({ min: 1, max: 120 }) }) },
    { weight: 4, arbitrary: fc.constant('run' as const) },
    { weight: 2, arbitrary: fc.record({ quota: fc.integer({ min: 0, max: 2 }) }) },
    { weight: 1, arbitrary: fc.record({ history: fc.constantFrom(...OPTIONS.history.choices) }) },
    { weight: 1, arbitrary: fc.constantFrom('pitr lost' as const, 'pitr made' as const) },
  ),
  { minLength: 4, maxLength: 25 },
);

it('any mixture of both ways of holding, with kills, quotas and PITRs that come and go, loses nothing', async () => {
  let lost = 0;
  let mixed = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      const world = worldOf();
      world.source.makePitr();
      await world.createTask();
      let value = 0;
      // At every checkpoint the sink is what the source was then.
      const watch: Gate = async (call, when) => {
        if (call !== 'store.saveProgress' || when !== 'after') return;
        const { checkpoint, pending, phase, aside } = (await world.task()).progress;
        if (checkpoint === undefined || pending !== undefined || phase !== 'window') return;
        expect(aside).toEqual({});
        const state = checkpoint.name === '' ? world.source.states : world.source.snapshots;
        const found = state.get(checkpoint.name === '' ? checkpoint.ts : checkpoint.name);
        for (const table of SOURCE_TABLES) {
          const rows = [...(found?.tables.get(`shop.${table.table}`)?.values() ?? [])].map((row) => row.join('='));
          expect(world.sinkRows(table)).toEqual(rows.sort());
        }
      };
      const run = async (gate: Gate = () => Promise.resolve()): Promise<void> => {
        const before = (await world.task()).progress.checkpoint;
        await world
          .run(async (call, when) => {
            await gate(call, when);
            await watch(call, when);
          }, 200)
          .catch(() => undefined);
        const after = (await world.task()).progress.checkpoint;
        if (before !== undefined && after !== undefined && isHeldByPitr(before) !== isHeldByPitr(after)) mixed += 1;
        world.clock.jump(LEASE_RUNS_OUT);
      };
      for (const step of story) {
        if (step === 'run') await run();
        else if (step === 'pitr lost') world.source.pitr = undefined;
        else if (step === 'pitr made') world.source.makePitr();
        else if ('put' in step) world.source.put({ database: 'shop', table: step.put }, String(step.id), `v${++value}`);
        else if ('drop' in step) world.source.delete({ database: 'shop', table: step.drop }, String(step.id));
        else if ('quota' in step) world.source.quota = step.quota;
        else if ('killAt' in step) await run(killer(step.killAt).gate);
        else {
          const task = await world.task();
          await world.store.edit(task, editedSpec(task.spec, { options: { history: step.history } }));
        }
      }
      world.source.quota = 5;
      world.source.pitr ??= undefined;
      if (world.source.pitr === undefined) world.source.makePitr();
      await run();
      if ((await world.task()).error?.code === 'HISTORY_LOST') {
        lost += 1;
        await askResync(world);
        await run();
      }
      await run();
      await expectInStep(world, JSON.stringify(story));
      const { checkpoint } = (await world.task()).progress;
      const own = checkpoint?.name === '' ? [] : [checkpoint?.name];
      expect([...world.source.snapshots.keys()]).toEqual(own);
    }),
    { numRuns: 150 },
  );
  expect(lost).toBeGreaterThan(0);
  expect(mixed).toBeGreaterThan(0);
}, 120_000);
