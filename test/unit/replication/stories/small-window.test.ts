import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import { BusyWorld } from '../../../support/busy-world.ts';
import type { Gate } from '../../../support/gate.ts';
import { SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

const NEVER: Gate = () => new Promise(() => undefined);
const NOTHING: Gate = () => Promise.resolve();

/** Two come in a batch: so many of each table are a small window. */
const FEW = ['1', '2'];
const MANY = ['1', '2', '3', '4', '5'];

/** A worker whose source gets rows 5 seconds after it began, and others 6 seconds after. */
async function busyWorld(ids = FEW, tables = [A, B]): Promise<BusyWorld> {
  const busy = new BusyWorld({ transactionRows: 100 });
  await busy.world.createTask();
  for (const [after, v] of [
    [5_000, 'first'],
    [6_000, 'second'],
  ] as const) {
    busy.write(after, () => {
      for (const table of tables) for (const id of ids) busy.world.source.put(table, id, v);
    });
  }
  return busy;
}

/** What was called from the making of the window's pin up to the next look at the source. */
function lastWindow({ calls }: BusyWorld): string[] {
  const commit = calls.findLastIndex(({ call }) => call === 'sink.batch.commit');
  const from = calls.slice(0, commit).findLastIndex(({ call }) => call === 'source.createPin');
  const rest = calls.slice(from).filter(({ call }) => call !== 'store.watch');
  return rest
    .slice(
      0,
      rest.findIndex(({ call }) => call === 'source.changedSince'),
    )
    .map(({ call }) => call);
}

describe('a small window', () => {
  it('asks for nothing that can be known, not even the store, and reads the changes instead of counting them', async () => {
    const busy = await busyWorld();
    await busy.world.run(busy.gate(), 8_000);
    const calls = lastWindow(busy);
    expect(calls.filter((call) => call !== 'sink.batch.add')).toEqual([
      'source.createPin',
      'source.shapes',
      'source.readChanges',
      'source.readChanges',
      'sink.transactionBytes',
      'sink.batch.commit',
      'source.dropPin',
    ]);
  });

  it.each([
    ['one table goes on with what was read', MANY, [A], 2],
    ['of two tables each is read anew, for one would have to wait for the other', MANY, [A, B], 4],
  ])('is one that ends soon: of a larger one of %s', async (_what, ids, tables, reads) => {
    const busy = await busyWorld(ids, tables);
    await busy.world.run(busy.gate(), 8_000);
    expect(lastWindow(busy).filter((call) => call === 'source.readChanges')).toHaveLength(reads);
    for (const table of [A, B]) expect(busy.world.sinkRows(table)).toEqual(busy.world.sourceRows(table));
  });

  it('is in the store within a second, for any number of windows with one write a second', async () => {
    const busy = await busyWorld();
    for (let after = 10_000; after < 40_000; after += 20) {
      busy.write(after, () => {
        busy.world.source.put(A, '1', `${after}`);
      });
    }
    let latest = 0;
    const commits: number[] = [];
    const looking: Gate = async (call, when) => {
      if (call !== 'sink.batch.commit' || when === 'before') return;
      commits.push(busy.clock.now());
      const firstLeft = commits[(await busy.world.task()).progress.window] ?? busy.clock.now();
      latest = Math.max(latest, busy.clock.now() - firstLeft);
    };
    const begun = busy.clock.now();
    await busy.world.run(busy.gate(looking), 40_000);
    expect(commits.length).toBeGreaterThan(300);
    const busyWrites = busy.made('store.saveProgress').filter(({ at }) => at > begun + 10_000);
    expect(busyWrites.length).toBeGreaterThan(25);
    expect(busyWrites.length).toBeLessThanOrEqual(33);
    expect(busy.made('store.renew').filter(({ at }) => at > begun + 12_000)).toEqual([]);
    expect(latest).toBeGreaterThan(500);
    expect(latest).toBeLessThanOrEqual(1_000);
    for (const table of [A, B]) expect(busy.world.sinkRows(table)).toEqual(busy.world.sourceRows(table));
  });

  it('does not keep the next look waiting for its pin to be dropped, but the next pin', async () => {
    const busy = await busyWorld();
    const stuck: Gate = (call, when) => {
      const drops = call === 'source.dropPin' && when === 'before' && busy.made('sink.batch.commit').length > 0;
      return drops ? NEVER(call, when) : NOTHING(call, when);
    };
    const ends = new AbortController();
    const running = busy.world.run(busy.gate(stuck), 600_000, ends.signal);
    const stop = new Promise((resolve) => setTimeout(resolve, 100));
    await Promise.race([running, stop]);
    const commit = busy.calls.findIndex(({ call }) => call === 'sink.batch.commit');
    const rest = busy.calls.slice(commit).map(({ call }) => call);
    expect(rest).toContain('source.changedSince');
    expect(rest).not.toContain('source.createPin');
    expect(busy.world.source.snapshots.size).toBe(2);
  });

  it('fails the attempt when its pin cannot be dropped, and the next one drops it', async () => {
    const busy = await busyWorld();
    let failed = 0;
    const refuses: Gate = async (call, when) => {
      await Promise.resolve();
      if (call !== 'source.dropPin' || when !== 'before' || failed > 0) return;
      if (busy.made('sink.batch.commit').length === 0) return;
      failed += 1;
      throw new CdcError('SOURCE_ERROR', 'No.');
    };
    expect((await busy.world.run(busy.gate(refuses), 20_000)).outcome).toBe('stopped');
    expect(failed).toBe(1);
    expect(busy.world.logged.filter((line) => line.startsWith('task.error '))).toHaveLength(1);
    const { error, progress } = await busy.world.task();
    expect(error).toBeUndefined();
    expect([...busy.world.source.snapshots.keys()]).toEqual([progress.checkpoint?.name]);
    for (const table of [A, B]) expect(busy.world.sinkRows(table)).toEqual(busy.world.sourceRows(table));
  });

  it('that cannot be read leaves no pin behind', async () => {
    const busy = await busyWorld();
    const writtenAt = busy.clock.now() + 5_000;
    let failed = 0;
    const failing: Gate = async (call, when) => {
      if (when !== 'before' || busy.clock.now() < writtenAt || failed > 1) return;
      // Longer than the wait before the next attempt, which drops the pins that nobody refers to.
      if (call === 'store.saveProgress') await busy.clock.sleep(5_000);
      if (call !== 'source.readChanges') return;
      failed += 1;
      throw new CdcError('SOURCE_ERROR', 'No.');
    };
    await busy.world.run(busy.gate(failing), 30_000);
    expect(failed).toBe(2);
    expect(busy.world.logged.join()).not.toContain('HISTORY_LOST');
    const { error, progress } = await busy.world.task();
    expect(error).toBeUndefined();
    expect([...busy.world.source.snapshots.keys()]).toEqual([progress.checkpoint?.name]);
    for (const table of [A, B]) expect(busy.world.sinkRows(table)).toEqual(busy.world.sourceRows(table));
  });

  it('that turns out to be empty leaves nothing pending', async () => {
    const busy = await busyWorld();
    busy.write(3_000, () => {
      busy.world.source.put(A, '99', 'x');
    });
    // Gone again between the look and the pin; and the first write after that is slow.
    let gone = false;
    const undo: Gate = async (call, when) => {
      if (when !== 'before') return;
      if (call === 'source.createPin' && busy.world.source.tables.get('shop.a')?.delete('99') === true) gone = true;
      if (call !== 'store.saveProgress' || !gone) return;
      gone = false;
      await busy.clock.sleep(70);
    };
    await busy.world.run(busy.gate(undo), 4_000);
    expect(busy.made('sink.batch.commit')).toEqual([]);
    const { progress } = await busy.world.task();
    expect(progress).toMatchObject({ pending: undefined, window: 0 });
    expect([...busy.world.source.snapshots.keys()]).toEqual([progress.checkpoint?.name]);
    await busy.world.run(busy.gate(), 8_000);
    for (const table of [A, B]) expect(busy.world.sinkRows(table)).toEqual(busy.world.sourceRows(table));
  });
});
