import { describe, expect, it } from 'vitest';
import { taskView } from '../../../../lib/http/view/task-view.ts';
import { taskState } from '../../../../lib/record/task-state.ts';
import type { Gate } from '../../../support/gate.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0]];
const LEASE_RUNS_OUT = 31_000;
/** The memory source makes a pin every millisecond from this one on. */
const FIRST_PIN = 1_700_000_000_001;
const iso = (millis: number): string => new Date(millis).toISOString();

const stateOf = async (world: MemoryWorld) => taskState(await world.task(), world.clock.now());

describe('a task with an end', () => {
  it('is finished once its checkpoint is there, and holds nothing at the source any more', async () => {
    const world = new MemoryWorld({ endTs: iso(FIRST_PIN + 2) });
    world.source.put(A, '1', 'one');
    await world.createTask();
    await world.run();
    expect(await stateOf(world)).toBe('running');
    world.source.put(A, '2', 'two');
    await world.run();
    expect(await stateOf(world)).toBe('finished');
    expect(world.sinkRows(A)).toEqual(['1=one', '2=two']);
    expect(world.source.snapshots.size).toBe(0);
    world.source.put(A, '3', 'too late');
    expect((await world.run()).outcome).toBe('idle');
    expect(world.sinkRows(A)).toHaveLength(2);
    const view = taskView(await world.task(), world.clock.now());
    expect(view).toMatchObject({ state: 'finished', phase: 'finished', lagMs: null });
    expect(view.checkpoint?.time).toBe(iso(FIRST_PIN + 2));
  });

  it('comes to it by itself in continuous mode, also when nothing changes', async () => {
    const world = new MemoryWorld({ mode: 'continuous', endTs: iso(FIRST_PIN + 20) });
    await world.createTask();
    expect((await world.run()).outcome).toBe('stopped');
    expect(await stateOf(world)).toBe('finished');
    expect((await world.task()).progress.checkpoint?.ts).toBe(`${FIRST_PIN + 20}000000`);
  });

  it('stays finished when it is paused or resumed, and can be restarted', async () => {
    const world = new MemoryWorld({ endTs: iso(FIRST_PIN) });
    await world.createTask();
    await world.run();
    for (const desired of ['paused', 'running'] as const) {
      await world.store.setDesired('t', desired);
      expect(await stateOf(world)).toBe('finished');
      expect((await world.run()).outcome).toBe('idle');
    }
    world.source.put(A, '1', 'more');
    await world.store.restart('t');
    expect(await stateOf(world)).toBe('running');
    await world.run();
    expect([await stateOf(world), world.sinkRows(A)]).toEqual(['finished', ['1=more']]);
    await world.store.drop('t');
    expect((await world.run()).outcome).toBe('dropped');
  });

  it('gets there whichever call its worker dies at', async () => {
    for (let at = 1, killed = true; killed; at += 1) {
      const world = new MemoryWorld({ endTs: iso(FIRST_PIN + 1) });
      world.source.put(A, '1', 'one');
      await world.createTask();
      let left = at;
      const gate: Gate = async () => {
        await Promise.resolve();
        left -= 1;
        if (left <= 0) throw new Error('The process is killed.');
      };
      await world.run(gate).catch(() => undefined);
      killed = left <= 0;
      for (let run = 0; run < 2; run += 1) {
        world.clock.jump(LEASE_RUNS_OUT);
        await world.run();
      }
      expect([at, await stateOf(world), world.source.snapshots.size]).toEqual([at, 'finished', 0]);
      expect(world.sinkRows(A)).toEqual(['1=one']);
    }
  }, 60_000);
});

describe('a task without a first copy', () => {
  it('applies what changes from its start on, over the rows that are there', async () => {
    const world = new MemoryWorld({ noFull: true });
    world.source.put(A, '1', 'before');
    world.source.put(A, '2', 'before');
    world.sink.tables.set('copy.a', new Map([['9', [Buffer.from('9'), Buffer.from('own')]]]));
    await world.createTask();
    await world.run();
    expect(world.sinkRows(A)).toEqual(['9=own']);
    expect([...world.sink.tables.keys()].sort()).toEqual(['copy.a', 'copy.b']);
    world.source.put(A, '2', 'after');
    world.source.put(A, '3', 'new');
    world.source.delete(A, '1');
    await world.run();
    expect(world.sinkRows(A)).toEqual(['2=after', '3=new', '9=own']);
    expect((await world.task()).progress).toMatchObject({ window: 1, rowsLoaded: 0 });
    expect(world.source.snapshots.size).toBe(1);
  });
});
