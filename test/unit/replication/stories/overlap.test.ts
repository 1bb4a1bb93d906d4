import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TableName } from '../../../../lib/task/task.ts';
import { BusyWorld } from '../../../support/busy-world.ts';
import type { Gate } from '../../../support/gate.ts';
import { killer, LEASE_RUNS_OUT } from '../../../support/killer.ts';
import { SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];
const RUN = 2_000;

/** Window follows window while the source changes, some of it back again before anybody has seen it. */
function changingWorld(): BusyWorld {
  const busy = new BusyWorld({ transactionRows: 3, chunkRows: 10 });
  const { source } = busy.world;
  for (const id of ['1', '2', '3']) source.put(A, id, 'new');
  source.put(B, '1', 'new');
  const writes: [number, TableName, string, string?][] = [
    [400, A, '4', 'second'],
    [500, A, '1'],
    [520, A, '4'],
    ...['1', '4', '5', '6', '7'].map((id): [number, TableName, string, string] => [900, A, id, 'many']),
    [905, B, '2', 'beside'],
    [1_200, B, '2', 'third'],
    [1_210, A, '5'],
  ];
  for (const [after, table, id, v] of writes) {
    busy.write(after, () => {
      if (v === undefined) source.delete(table, id);
      else source.put(table, id, v);
    });
  }
  return busy;
}

/** What a half-applied window may have written disappears, or comes back, before the next worker is there. */
function changeBehindItsBack({ world: { source } }: BusyWorld): void {
  for (const id of ['4', '6']) source.delete(A, id);
  source.put(A, '1', 'back');
  source.delete(B, '2');
}

async function expectInStep(busy: BusyWorld, what: string): Promise<void> {
  const { world } = busy;
  const { progress, error } = await world.task();
  for (const table of SOURCE_TABLES) expect(world.sinkRows(table), what).toEqual(world.sourceRows(table));
  expect([...world.source.snapshots.keys()], what).toEqual([progress.checkpoint?.name]);
  expect(
    [...world.sink.fences.values()].map(({ window }) => window),
    what,
  ).toEqual([progress.window]);
  expect(progress.pending, what).toBeUndefined();
  expect(error, what).toBeUndefined();
}

/**
 * If the sink has a part of a window, the store has its end. If the sink has a whole window, either the store has its
 * end, or the fence has it, upon progress that the store has. The source never holds more than two pins.
 */
const guarding =
  ({ world }: BusyWorld, inner: Gate, mostPins = 2): Gate =>
  async (call, when) => {
    if (call === 'sink.batch.commit' && when === 'after') {
      const { pending, saves } = (await world.task()).progress;
      const { window = 0, batch = 0, point } = [...world.sink.fences.values()][0] ?? {};
      const stored = pending?.number === (batch > 0 ? window + 1 : window);
      if (batch > 0) expect(stored, call).toBe(true);
      else if (!stored) expect(point?.saves, call).toBeLessThanOrEqual(saves);
      const end = stored ? pending.until.name : point?.checkpoint.name;
      expect([...world.source.snapshots.keys()]).toContain(end);
    }
    expect(world.source.snapshots.size).toBeLessThanOrEqual(mostPins);
    await inner(call, when);
  };

describe('windows that follow one another', () => {
  it('lose nothing to a worker killed at any call', async () => {
    const points = new Set<string>();
    for (let at = 1; ; at += 1) {
      const busy = changingWorld();
      const { gate, killed } = killer(at);
      await busy.world.createTask();
      await busy.world.run(busy.gate(guarding(busy, gate)), RUN).catch(() => undefined);
      const died = killed();
      if (died !== undefined) {
        changeBehindItsBack(busy);
        busy.clock.jump(LEASE_RUNS_OUT);
        // What it has left behind is a pin more.
        const report = await busy.world.run(busy.gate(guarding(busy, () => Promise.resolve(), 3)), RUN);
        expect(report.outcome).toBe('stopped');
      }
      await expectInStep(busy, `killed ${died} (${at})`);
      if (died === undefined) break;
      points.add(died);
    }
    for (const call of ['source.dropPin', 'source.changedSince', 'store.saveProgress', 'source.readChanges step']) {
      expect(points).toContain(`after ${call}`);
    }
  }, 120_000);

  it('are not touched by a worker that wakes up after it was frozen at any call', async () => {
    const points = new Set<string>();
    for (let at = 1; ; at += 1) {
      const busy = changingWorld();
      await busy.world.createTask();
      let calls = 0;
      const held = Promise.withResolvers<undefined>();
      const reached = Promise.withResolvers<string>();
      const freezing: Gate = async (call, when) => {
        calls += 1;
        if (calls < at) return;
        reached.resolve(`${when} ${call}`);
        await held.promise;
      };
      const zombie = busy.world.run(busy.gate(freezing), RUN).catch((error: unknown) => String(error));
      const frozen = await Promise.race([reached.promise, zombie.then(() => undefined)]);
      if (frozen === undefined) break;
      points.add(frozen);
      busy.clock.jump(LEASE_RUNS_OUT);
      changeBehindItsBack(busy);
      expect((await busy.world.run(busy.gate(), RUN)).outcome).toBe('stopped');
      const rows = SOURCE_TABLES.map((table) => busy.world.sinkRows(table));
      const { progress } = await busy.world.task();
      held.resolve(undefined);
      await zombie;
      expect(
        SOURCE_TABLES.map((table) => busy.world.sinkRows(table)),
        frozen,
      ).toEqual(rows);
      expect((await busy.world.task()).progress, frozen).toEqual(progress);
      expect([...busy.world.source.snapshots.keys()], frozen).toContain(progress.checkpoint?.name);
      await busy.world.run(busy.gate(), RUN);
      await expectInStep(busy, `frozen ${frozen} (${at})`);
    }
    for (const call of ['source.dropPin', 'store.saveProgress', 'source.readChanges step', 'sink.batch.commit']) {
      expect(points).toContain(`after ${call}`);
    }
  }, 120_000);

  it('keep to that however long each call takes, and wherever the worker dies', async () => {
    const latencies = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(latencies, fc.integer({ min: 1, max: 400 }), async (delays, killAt) => {
        const busy = changingWorld();
        const { gate, killed } = killer(killAt);
        let calls = 0;
        const slow: Gate = async (call, when) => {
          const delay = delays[(calls += 1) % delays.length] ?? 0;
          if (delay > 0) await busy.clock.sleep(delay);
          await gate(call, when);
        };
        await busy.world.createTask();
        await busy.world.run(busy.gate(guarding(busy, slow)), 2 * RUN).catch(() => undefined);
        changeBehindItsBack(busy);
        busy.clock.jump(LEASE_RUNS_OUT);
        await busy.world.run(busy.gate(guarding(busy, () => Promise.resolve(), 3)), RUN);
        await expectInStep(busy, `killed ${killed()}`);
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});
