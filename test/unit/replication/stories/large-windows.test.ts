import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskOptions } from '../../../../lib/task/task.ts';
import type { Gate } from '../../../support/gate.ts';
import { LEASE_RUNS_OUT } from '../../../support/killer.ts';
import { stalledSince } from '../../../../lib/record/stall.ts';
import type { ComparisonProgress } from '../../../../lib/data/position.ts';
import { A, B, LoadWorld } from '../../../support/load-world.ts';
import { memorySchema } from '../../../support/memory-source.ts';

/** An invocation of 15 minutes: its worker stops 10 seconds before the end, or is cut off 3 seconds before it. */
const INVOCATION = 900_000;
const TICK = 60_000;

/** How long calls take, in milliseconds. A row of these tables stands for a million rows. */
interface Takes {
  /** Until the source says the first changes, and for each pair of them. */
  readonly diff?: number;
  readonly pair?: number;
  readonly commit?: number;
  readonly checksum?: number;
}

class Backlog extends LoadWorld {
  /** Each chunk that a transaction completed, in order. */
  readonly done: string[] = [];
  /** Transactions of changes that were applied as such. */
  applied = 0;
  invocations = 0;
  readonly #takes: Takes;

  constructor(takes: Takes, options: Partial<TaskOptions> = {}) {
    super({ transactionRows: 3, loadWorkers: 1, ...options });
    this.#takes = takes;
    this.sink.onCommit = (step) => {
      const { chunk } = step as { chunk?: { table: { name: { table: string } }; chunk: { number: number } } };
      if (chunk === undefined) this.applied += 1;
      else this.done.push(`${chunk.table.name.table} ${chunk.chunk.number}`);
    };
  }

  /** Puts `rows` rows into `a` and `others` into `b`, copies them, and changes all of them. */
  async changed(rows: number, others = 1, unique = false): Promise<this> {
    for (const table of [A, B]) this.source.create(memorySchema(table, { hasUniqueKeys: unique }));
    this.fill(rows, others);
    await this.createTask();
    await this.run(undefined, INVOCATION);
    this.applied = 0;
    for (const table of [A, B]) {
      for (const [id] of this.source.tables.get(`shop.${table.table}`) ?? []) this.source.put(table, id, 'second');
    }
    return this;
  }

  readonly slow: Gate = async (call, when) => {
    const { diff = 0, pair = 0, commit = 0, checksum = 0 } = this.#takes;
    const took =
      when === 'before'
        ? {
            'source.readChanges': diff,
            'source.countChanges': diff,
            'source.checksum': checksum,
            'sink.batch.commit': commit,
          }[call]
        : { 'source.readChanges step': pair }[call];
    if (took !== undefined && took > 0) await this.clock.sleep(took);
  };

  /** Runs a worker, and waits no longer than its invocation lasts: a frozen one does not end. */
  async invoke(gate: Gate = this.slow): Promise<void> {
    this.invocations += 1;
    const lastResort = new AbortController();
    const ended = new AbortController();
    const cut = this.clock.sleep(INVOCATION - 3_000, ended.signal).then(
      () => {
        lastResort.abort(new Error('Cut off.'));
      },
      () => undefined,
    );
    const over = cut.then(() => this.clock.sleep(3_000, ended.signal)).catch(() => undefined);
    await Promise.race([this.run(gate, INVOCATION - 10_000, lastResort.signal).catch(() => undefined), over]);
    ended.abort();
  }

  /** Starts a worker each minute, until the window is applied. Returns the time that this took. */
  async finished(most: number, gate?: () => Gate): Promise<number> {
    const began = this.clock.now();
    for (let count = 0; !(await this.isFinished()); count += 1) {
      if (count === most) throw new Error(`The window is not applied after ${most} invocations.`);
      await this.invoke(gate?.() ?? this.slow);
      this.clock.jump(TICK);
      this.#read();
    }
    return this.clock.now() - began;
  }

  /** Rows that have changed are missing for a while where unique keys need deletions first, and nowhere else. */
  #read(): void {
    const { hasUniqueKeys } = this.source.schemas.get('shop.a') ?? {};
    const [rows, all] = [this.sinkRows(A).length, this.sourceRows(A).length];
    if (hasUniqueKeys === false && rows !== all) throw new Error(`Readers saw ${rows} of ${all} rows.`);
  }

  async isFinished(): Promise<boolean> {
    const { progress } = await this.task();
    return progress.window === 1 && progress.pending === undefined;
  }

  expectEqual(why = ''): void {
    for (const table of [A, B]) expect(this.sinkRows(table), why).toEqual(this.sourceRows(table));
    expect(new Set(this.done).size, `${why}: a chunk was applied twice`).toBe(this.done.length);
  }
}

/** A thousand million changes: the source computes 10 microseconds for each before it says the first one. */
const SILENT: Takes = { diff: 10_000_000, commit: 40_000 };
/** The source says the changes soon, and the sink takes 40 seconds for a transaction. */
const SLOW: Takes = { diff: 5_000, commit: 40_000 };

describe('a window that takes longer than an invocation', () => {
  it.each([
    ['the source needs hours to say its changes', SILENT],
    ['the sink needs hours to take them', SLOW],
    ['the source says them slowly', { pair: 60_000, commit: 30_000 }],
  ])('is applied by many, each chunk once, in time that grows with its size: %s', async (_why, takes) => {
    const times: number[] = [];
    for (const rows of [100, 200]) {
      const world = await new Backlog(takes).changed(rows);
      times.push(await world.finished(60));
      world.expectEqual();
      expect(world.done.filter((chunk) => chunk.startsWith('a '))).toHaveLength(rows);
      expect(world.invocations).toBeGreaterThan(2);
    }
    expect((times[1] ?? 0) / (times[0] ?? 1)).toBeLessThan(2.3);
  });

  it('goes on in the middle of its deletions, where unique keys need these first', async () => {
    const world = await new Backlog({ diff: 10_000_000, checksum: 20_000 }).changed(60, 1, true);
    let compared = 0;
    const gate: Gate = async (call, when) => {
      if (call === 'source.checksum' && when === 'before') compared += 1;
      await world.slow(call, when);
    };
    await world.finished(8, () => gate);
    world.expectEqual();
    // Each chunk twice; the worker of each invocation may have begun one in vain.
    expect(compared).toBeLessThanOrEqual(2 * 61 + world.invocations);
  });

  it('stores how far it has come, so that nobody takes it for stalled', async () => {
    const world = await new Backlog({ diff: 10_000_000, commit: 40_000 }).changed(60, 3);
    const seen: ComparisonProgress[] = [];
    while (!(await world.isFinished())) {
      await world.invoke();
      const { comparison } = (await world.task()).progress.pending ?? {};
      if (comparison !== undefined) seen.push(comparison);
      expect(stalledSince(await world.task(), world.clock.now())).toBeUndefined();
      world.clock.jump(TICK);
    }
    expect(seen.length).toBeGreaterThan(2);
    const [first] = seen;
    expect(first).toMatchObject({ table: 'shop.a', tables: 2, tablesDone: 0, chunks: 60, total: 63 });
    expect(seen.at(-1)?.rows).toBeGreaterThan(50);
    // Every worker counts its own pace, from where the last one ended. What is stored may lack the last chunk.
    const begun = seen.map(({ run }) => run.rows);
    const ends = [0, ...seen.slice(0, -1).map(({ rows }) => rows)];
    for (const [i, end] of ends.entries()) expect([end, end + 1]).toContain(begun[i]);
  });

  it('is still applied as a whole if it fits into the next invocation, or into the rest of this one', async () => {
    const world = await new Backlog({ diff: 5_000, commit: 20_000 }).changed(60);
    await world.finished(1);
    world.expectEqual();
    expect(world.done).toEqual([]);
    expect(world.applied).toBeGreaterThan(10);
  });

  it('is applied as a whole by the next invocation if the present one is nearly over', async () => {
    const world = await new Backlog({ diff: 5_000, commit: 20_000 }).changed(60);
    const late =
      (at: string): Gate =>
      async (call, when) => {
        if (call === at && when === 'before') await world.clock.sleep(700_000);
        await world.slow(call, when);
      };
    // The next one has something else to do before it, which takes nearly all of its time.
    for (const at of ['source.createPin', 'sink.transactionBytes']) {
      await world.invoke(late(at));
      expect(await world.isFinished()).toBe(false);
      expect(world.done).toEqual([]);
      world.clock.jump(TICK);
    }
    expect(world.applied).toBeGreaterThan(2);
    await world.finished(1);
    world.expectEqual();
    expect(world.done).toEqual([]);
  });

  it('is compared after three workers that were killed on the way', async () => {
    const world = await new Backlog({}).changed(60);
    for (let worker = 1; worker <= 3; worker += 1) {
      const before = world.applied;
      let dead = false;
      await world.invoke(async () => {
        await Promise.resolve();
        dead ||= world.applied >= before + 3;
        if (dead) throw new Error('The process is dead.');
      });
      expect(world.done).toEqual([]);
      world.clock.jump(LEASE_RUNS_OUT);
    }
    await world.finished(1);
    world.expectEqual();
    expect(world.done).toHaveLength(61);
  });

  it('is applied whenever workers are killed or frozen, without a chunk that is applied twice', async () => {
    const lives = fc.array(fc.record({ passages: fc.integer({ min: 1, max: 200 }), freezes: fc.boolean() }), {
      minLength: 2,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(lives, fc.boolean(), fc.constantFrom(SILENT, SLOW), async (ends, unique, takes) => {
        const world = await new Backlog(takes).changed(30, 10, unique);
        const asleep: (() => void)[] = [];
        const left = [...ends];
        const gate = (): Gate => mortal(world, left.shift(), asleep);
        await world.finished(60, gate);
        const before = JSON.stringify([world.sinkRows(A), world.sinkRows(B)]);
        for (const wake of asleep) wake();
        await world.clock.sleep(INVOCATION);
        expect(JSON.stringify([world.sinkRows(A), world.sinkRows(B)])).toBe(before);
        world.expectEqual(JSON.stringify(ends));
      }),
      { numRuns: 12 },
    );
  }, 120_000);
});

/** The gate of a worker that dies or freezes after so many passages. A frozen one lets its invocation end by itself. */
function mortal(
  world: Backlog,
  end: { readonly passages: number; readonly freezes: boolean } | undefined,
  asleep: (() => void)[],
): Gate {
  let left = end?.passages ?? Infinity;
  let dead = false;
  const frozen = Promise.withResolvers<undefined>();
  asleep.push(() => {
    frozen.resolve(undefined);
  });
  return async (call, when) => {
    await Promise.resolve();
    left -= 1;
    if (left === 0) dead = true;
    if (dead && end?.freezes === true) await frozen.promise;
    if (dead && end?.freezes !== true) throw new Error('The process is dead.');
    await world.slow(call, when);
  };
}
