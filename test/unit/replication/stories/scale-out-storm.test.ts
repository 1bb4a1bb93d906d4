import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import type { Gate } from '../../../support/gate.ts';
import { A, B, LoadWorld } from '../../../support/load-world.ts';

const TICK = 60_000;
const TICKS = 200;

interface Fault {
  readonly kind: 'none' | 'kill' | 'freeze';
  /** At which of its calls. */
  readonly at: number;
  /** How long a freeze lasts, in milliseconds. */
  readonly lasts: number;
}

const fault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constantFrom('none', 'none', 'kill', 'freeze'),
  at: fc.integer({ min: 1, max: 80 }),
  lasts: fc.integer({ min: 1_000, max: 120_000 }),
});

interface Scenario {
  readonly rows: number;
  readonly others: number;
  readonly loadWorkers: number;
  readonly workers: readonly Fault[];
  readonly loaders: readonly Fault[];
  /** Of each order, how late it comes, as often as it does; milliseconds. */
  readonly deliveries: readonly (readonly number[])[];
  /** How long chunks take. */
  readonly times: readonly number[];
  readonly commands: readonly { after: number; what: 'pause' | 'resume' | 'restart' | 'edit' }[];
  readonly drop: boolean;
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  rows: fc.integer({ min: 17, max: 120 }),
  others: fc.integer({ min: 0, max: 60 }),
  loadWorkers: fc.integer({ min: 1, max: 5 }),
  workers: fc.array(fault, { maxLength: 4 }),
  loaders: fc.array(fault, { maxLength: 8 }),
  deliveries: fc.array(fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 3 }), { maxLength: 6 }),
  times: fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 10 }),
  commands: fc.array(
    fc.record({
      after: fc.integer({ min: 0, max: 60_000 }),
      what: fc.constantFrom('pause' as const, 'resume' as const, 'restart' as const, 'edit' as const),
    }),
    { maxLength: 4 },
  ),
  drop: fc.boolean(),
});

/** The whole process dies, or stands still for a while, at one of its calls. */
function faulty(world: LoadWorld, { kind, at, lasts }: Fault, times: readonly number[]): Gate {
  let calls = 0;
  let thawsAt = 0;
  let dead = false;
  return async (call, when) => {
    calls += 1;
    if (calls === at && kind === 'kill') dead = true;
    if (calls === at && kind === 'freeze') thawsAt = world.clock.now() + lasts;
    while (thawsAt > world.clock.now()) await world.clock.sleep(thawsAt - world.clock.now());
    if (dead) throw new Error('The process is dead.');
    if (call === 'sink.loadChunk' && when === 'before') await world.clock.sleep(times[calls % times.length] ?? 0);
  };
}

const NO_FAULT: Fault = { kind: 'none', at: 0, lasts: 0 };

async function command(world: LoadWorld, what: 'pause' | 'resume' | 'restart' | 'edit'): Promise<void> {
  if (what === 'pause') await world.store.setDesired('t', 'paused');
  if (what === 'resume') await world.store.setDesired('t', 'running');
  if (what === 'restart') await world.store.restart('t');
  if (what !== 'edit') return;
  const seen = await world.task();
  const options = { ...seen.spec.options, loadWorkers: 1 + ((seen.spec.options.loadWorkers + 1) % 5) };
  await world.store.edit(seen, { ...seen.spec, options });
}

async function storm(given: Scenario): Promise<LoadWorld> {
  const world = new LoadWorld({ loadWorkers: given.loadWorkers });
  world.fill(given.rows, given.others);
  await world.createTask();
  world.loaderGate = (loader) => faulty(world, given.loaders[loader - 1] ?? NO_FAULT, given.times);
  world.deliveries = () => given.deliveries[world.orders.length - 1] ?? [0];

  const isDone = async (): Promise<boolean> => {
    const record = await world.store.get('t');
    if (record === undefined || given.drop) return record === undefined;
    return record.progress.phase === 'window' && record.lease === undefined;
  };
  const commands = async (): Promise<void> => {
    for (const { after, what } of given.commands) {
      await world.clock.sleep(after);
      await command(world, what);
    }
    await world.store.setDesired('t', 'running');
    if (given.drop) await world.store.drop('t');
  };
  const commanding = commands();
  const all = { given: false };
  void commanding.then(() => (all.given = true));
  const workers: Promise<unknown>[] = [];
  for (let tick = 0; tick < TICKS && !(all.given && (await isDone())); tick += 1) {
    const gate = faulty(world, given.workers[tick] ?? NO_FAULT, given.times);
    workers.push(world.run(gate, 15 * 60_000).catch(() => undefined));
    await world.clock.sleep(TICK);
  }
  await commanding;
  await Promise.all(workers);
  await world.settled();
  return world;
}

describe('a load by several workers', () => {
  it('copies every row once, whoever dies, freezes or comes twice, and whatever is asked for meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const world = await storm(given);
        const record = await world.store.get('t');
        expect(record?.error).toBeUndefined();
        expect(world.sink.chunks.size).toBe(0);
        expect(world.sink.places.size).toBe(0);
        // Loaders that were killed say so; none says that it would have written a row twice.
        expect(world.errors.map(String).filter((error) => !error.includes('The process is dead.'))).toEqual([]);
        if (given.drop) {
          expect(record).toBeUndefined();
          // One that froze with the lease makes the fence, or the pin, that it was about to make, and writes nothing.
          const froze = given.workers.some(({ kind }) => kind === 'freeze');
          if (!froze) expect(world.sink.fences.size + world.source.snapshots.size).toBe(0);
        } else {
          for (const table of [A, B]) expect(world.sinkRows(table)).toEqual(world.sourceRows(table));
        }
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});

describe('a loader that sleeps until the load is long over', () => {
  it('finds that its chunk is none of its own, though another plan of the same table has one of that number', async () => {
    const world = new LoadWorld({ loadWorkers: 2, mode: 'continuous' });
    world.fill(60);
    await world.createTask();
    const asleep = Promise.withResolvers<undefined>();
    let sleeps = false;
    world.loaderGate = () => async (call, when) => {
      sleeps ||= call === 'sink.loadChunk' && when === 'before';
      if (sleeps) await asleep.promise;
    };
    let woken = false;
    const end = new AbortController();
    const gate: Gate = async (call, when) => {
      if (call === 'sink.loadChunk' && when === 'before') await world.clock.sleep(1_000);
      if (call === 'sink.forgetChunks' && when === 'after' && !woken && world.sinkRows(A).length === 60) {
        // Made anew, its rows come by a comparison of chunks.
        world.source.replace(A, {});
        for (let id = 0; id < 60; id += 1) world.source.put(A, String(id).padStart(5, '0'), 'anew');
        world.sink.tables.get('copy.a')?.clear();
      }
      if (call === 'sink.planLoad' && when === 'after' && sleeps && (await world.task()).progress.phase === 'window') {
        asleep.resolve(undefined);
        await world.settled();
        woken = true;
      }
      if (call === 'store.saveProgress' && when === 'after' && woken) end.abort();
    };
    await world.run(gate, 600_000, end.signal);
    expect(woken).toBe(true);
    expect(world.errors).toEqual([]);
    expect(world.sinkRows(A).filter((row) => row.endsWith('=new'))).toEqual([]);
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
  });
});

describe('a chunk that was handed over', () => {
  it('is no reason for the worker with the lease to end, should its former owner have loaded it after all', async () => {
    const world = new LoadWorld({ loadWorkers: 2 });
    world.fill(40);
    await world.createTask();
    let fenced = 0;
    const gate: Gate = async (call, when) => {
      if (call !== 'sink.loadChunk' || when !== 'before') return;
      await world.clock.sleep(1_000);
      fenced += 1;
      if (fenced === 5) throw new CdcError('FENCED', 'The chunk is done.');
    };
    const report = await world.run(gate, 600_000);
    await world.settled();
    expect(report.outcome).toBe('stopped');
    expect(fenced).toBeGreaterThan(5);
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
  });
});
