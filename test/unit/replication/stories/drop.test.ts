import { describe, expect, it } from 'vitest';
import { type ErrorCode } from '../../../../lib/error-codes.ts';
import { CdcError } from '../../../../lib/errors.ts';
import type { Gate } from '../../../support/gate.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];
const LEASE_RUNS_OUT = 31_000;
const ID = '019a0000000070008000000000000001';

type End = 'source' | 'sink';

/** Nothing comes through to these ends. */
const away =
  (ends: readonly End[], code: 'UNREACHABLE' | 'ACCESS_DENIED' = 'UNREACHABLE'): Gate =>
  async (call, when) => {
    await Promise.resolve();
    const end = ends.find((each) => call.startsWith(`${each}.`));
    if (end === undefined || when !== 'before') return;
    throw new CdcError(`${end === 'source' ? 'SOURCE' : 'SINK'}_${code}`, `The ${end} is away.`);
  };

/** The process dies at the call with this number. */
function killer(at: number, inner: Gate): { gate: Gate; killed: () => string | undefined } {
  let passed = 0;
  let killed: string | undefined;
  const gate: Gate = async (call, when) => {
    if (killed !== undefined) throw new Error('The process is dead.');
    passed += 1;
    if (passed === at) {
      killed = `${when} ${call}`;
      throw new Error('The process is killed.');
    }
    await inner(call, when);
  };
  return { gate, killed: () => killed };
}

/** A task with a checkpoint, and a window under way that its worker died in. */
async function interrupted(): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  for (const id of ['1', '2', '3']) for (const table of [A, B]) world.source.put(table, id, 'new');
  await world.createTask();
  await world.run();
  for (const id of ['1', '2', '4', '5', '6']) world.source.put(A, id, 'second');
  let dead = false;
  const dying: Gate = async (call, when) => {
    await Promise.resolve();
    dead ||= call === 'sink.batch.commit' && when === 'before';
    if (dead) throw new Error('The process is dead.');
  };
  await world.run(dying).catch(() => undefined);
  expect((await world.task()).progress.pending).toBeDefined();
  world.clock.jump(LEASE_RUNS_OUT);
  return world;
}

/** Calls that leave something behind at the ends. */
const MAKES: ReadonlySet<string> = new Set(['sink.takeOver', 'source.createPin']);

const leftovers = ({ source, sink }: MemoryWorld) => ({ pins: source.snapshots.size, fences: sink.fences.size });
const gone = async (world: MemoryWorld): Promise<boolean> => (await world.store.get('t')) === undefined;

describe('a drop', () => {
  it.each([
    ['that finds both ends', false, []],
    ['that is forced and finds both ends', true, []],
    ['that is forced without a source', true, ['source']],
    ['that is forced without a sink', true, ['sink']],
    ['that is forced without both', true, ['source', 'sink']],
  ] as [string, boolean, End[]][])(
    '%s is done by another worker, wherever the first one is killed',
    async (_, force, ends) => {
      const points = new Set<string>();
      for (let at = 1; ; at += 1) {
        const world = await interrupted();
        const rows = world.sinkRows(A);
        await world.store.drop('t', force);
        const { gate, killed } = killer(at, away(ends));
        await world.run(gate).catch(() => undefined);
        if (killed() !== undefined) points.add(killed() ?? '');
        world.clock.jump(LEASE_RUNS_OUT);
        const again = await world.run(away(ends));
        expect(['dropped', 'gone'], killed()).toContain(again.outcome);
        expect(await gone(world), killed()).toBe(true);
        expect(leftovers(world).pins > 0, killed()).toBe(ends.includes('source'));
        expect(leftovers(world).fences > 0, killed()).toBe(ends.includes('sink'));
        expect(world.sinkRows(A)).toEqual(rows);
        if (killed() === undefined) break;
      }
      for (const point of ['before store.remove', 'after store.remove', 'before sink.forget']) {
        expect(points).toContain(point);
      }
    },
  );

  it('that is not forced leaves nothing behind, however long it takes', async () => {
    const world = await interrupted();
    await world.store.drop('t');
    const report = await world.run(away(['source']), 300);
    expect(report.outcome).toBe('stopped');
    expect((await world.task()).error).toMatchObject({ code: 'SOURCE_UNREACHABLE', retry: true });
    expect((await world.run()).outcome).toBe('dropped');
    expect(leftovers(world)).toEqual({ pins: 0, fences: 0 });
  });

  it('says what it has left behind, and why', async () => {
    const world = await interrupted();
    const { id } = await world.task();
    await world.store.drop('t', true);
    world.logged.length = 0;
    await world.run(away(['source', 'sink'], 'ACCESS_DENIED'));
    const line = world.logged.find((each) => each.startsWith('task.dropped'));
    expect(line).toContain(`names begin with mo_cdc_${ID}_ (SOURCE_ACCESS_DENIED: The source is away.)`);
    expect(line).toContain(`task_id ${id} in the tables fence, chunk, loader and owner`);
  });

  it('that a worker is kept from is forced within moments, without another worker', async () => {
    const world = await interrupted();
    await world.store.drop('t');
    let tries = 0;
    const report = await world.run(async (call, when) => {
      if (call === 'source.pins' && when === 'before' && ++tries === 3) await world.store.drop('t', true);
      await away(['source'])(call, when);
    }, 600_000);
    expect(report.outcome).toBe('dropped');
    expect(await gone(world)).toBe(true);
  });

  it('that hangs is interrupted when it is forced', async () => {
    const world = await interrupted();
    await world.store.drop('t');
    let hung = false;
    await world.run(async (call, when) => {
      if (call !== 'source.pins' || when !== 'before' || hung) return;
      hung = true;
      await world.store.drop('t', true);
      await new Promise((resolve) => setTimeout(resolve, 50));
      throw new Error('The connection was closed.');
    });
    const ends = world.logged.filter((line) => line.startsWith('run.ended')).slice(-2);
    expect(ends[0]).toContain('"outcome":"stopped"');
    expect(ends[1]).toContain('"outcome":"dropped"');
  });

  it.each(['SINK_LOCKED', 'INTERNAL', 'STORE_ERROR'] satisfies ErrorCode[])(
    'leaves nothing behind for %s, forced or not: the end does answer',
    async (code) => {
      const world = await interrupted();
      await world.store.drop('t', true);
      let times = 0;
      const report = await world.run(async (call, when) => {
        await Promise.resolve();
        if (call === 'sink.forget' && when === 'before' && ++times < 5) throw new CdcError(code, 'Not now.');
      });
      expect([report.outcome, times]).toEqual(['dropped', 5]);
      expect(leftovers(world)).toEqual({ pins: 0, fences: 0 });
    },
  );

  it('gives an end that does not answer a second chance', async () => {
    const world = await interrupted();
    await world.store.drop('t', true);
    let times = 0;
    await world.run(async (call, when) => {
      if (call === 'source.pins' && when === 'before' && ++times === 1) await away(['source'])(call, when);
    });
    expect(leftovers(world)).toEqual({ pins: 0, fences: 0 });
  });
});

describe('a worker that was frozen before its task was dropped', () => {
  it.each([[[]], [['source']]] as [End[]][])(
    'writes nothing when it wakes up, and leaves nothing behind: %j away',
    async (ends) => {
      const points = new Set<string>();
      for (let at = 1; ; at += 1) {
        const world = await interrupted();
        const [frozen, thaw] = [Promise.withResolvers<string>(), Promise.withResolvers<undefined>()];
        let calls = 0;
        let awake = false;
        const made: string[] = [];
        const zombie = world
          .run(async (call, when) => {
            if (awake && when === 'before' && MAKES.has(call)) made.push(call);
            calls += 1;
            if (calls < at) return;
            frozen.resolve(call);
            await thaw.promise;
          })
          .catch(() => undefined);
        const where = await Promise.race([frozen.promise, zombie.then(() => undefined)]);
        if (where === undefined) break;
        points.add(where);

        world.clock.jump(LEASE_RUNS_OUT);
        await world.store.drop('t', true);
        expect((await world.run(away(ends))).outcome, where).toBe('dropped');
        const rows = [world.sinkRows(A), world.sinkRows(B)];
        awake = true;
        thaw.resolve(undefined);
        await zombie;
        // Its own clock tells it that the lease has run out: it makes nothing that it would have to take away.
        expect(made, `frozen at ${where} (${at})`).toEqual([]);
        expect([world.sinkRows(A), world.sinkRows(B)], `frozen at ${where} (${at})`).toEqual(rows);
        expect(await gone(world)).toBe(true);
        // What an end that was away has kept goes as well, if the worker had the lease.
        const worked = ends.length === 0 || !['store.acquire', 'store.release'].includes(where);
        if (worked) expect(leftovers(world), `frozen at ${where} (${at})`).toEqual({ pins: 0, fences: 0 });
      }
      expect(points).toContain('source.createPin');
      expect(points).toContain('sink.takeOver');
      expect(points).toContain('sink.batch.commit');
    },
    60_000,
  );
});
