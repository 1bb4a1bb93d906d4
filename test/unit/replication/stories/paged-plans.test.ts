import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskOptions } from '../../../../lib/task/task.ts';
import type { Gate } from '../../../support/gate.ts';
import { LEASE_RUNS_OUT } from '../../../support/killer.ts';
import { A, LoadWorld } from '../../../support/load-world.ts';

const INVOCATION = 890_000;
const PAGE = 5;
/** The source reads the keys of a page in a minute; all keys of the table in as many minutes as there are pages. */
const MINUTE = 60_000;

/** A table whose keys take hours to read. Each row is a chunk. */
class LargeTable extends LoadWorld {
  pages = 0;
  /** Passages of `sink.loadChunk`, and when the first one was. */
  loads = 0;
  firstLoadAt = 0;

  constructor(chunks: number, options: Partial<TaskOptions> = {}) {
    super(options);
    this.fill(chunks);
    this.source.page = PAGE;
    this.loaderGate = () => this.slow;
  }

  readonly slow: Gate = async (call, when) => {
    if (when !== 'before') return;
    if (call === 'source.planPage') await this.clock.sleep(MINUTE);
    if (call === 'source.planPage') this.pages += 1;
    if (call !== 'sink.loadChunk') return;
    this.loads += 1;
    if (this.loads === 1) this.firstLoadAt = this.clock.now();
    await this.clock.sleep(10_000);
  };

  /** Everything that a worker does after its time ends in nothing. */
  #cutOff(gate: Gate): Gate {
    const over = this.clock.now() + INVOCATION + 7_000;
    return async (call, when) => {
      await gate(call, when);
      if (this.clock.now() > over) throw new Error('The process is over.');
    };
  }

  /** Starts workers until the first copy is done; returns how many that took. */
  async copied(most: number, gate: () => Gate = () => this.slow): Promise<number> {
    for (let workers = 1; ; workers += 1) {
      await this.run(this.#cutOff(gate()), INVOCATION).catch(() => undefined);
      await this.settled();
      if ((await this.task()).progress.phase === 'window') return workers;
      if (workers === most) throw new Error(`It is not copied after ${most} workers.`);
      this.clock.jump(LEASE_RUNS_OUT);
    }
  }
}

describe('a table whose keys take longer to read than an invocation lasts', () => {
  it('is planned page by page, by several workers, and loaded from the first page on', async () => {
    const world = new LargeTable(200, { loadWorkers: 1 });
    await world.createTask();
    const began = world.clock.now();
    expect(await world.copied(8)).toBeGreaterThan(2);
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    expect(world.loads).toBe(201);
    // One page of the other table. A worker that ends in the middle of a page loses that one.
    expect(world.pages).toBeLessThanOrEqual(200 / PAGE + 1 + 8);
    expect(world.firstLoadAt - began).toBeLessThan(2 * MINUTE);
  });

  it.each([1, 4, 16])('is loaded by %s workers, each chunk once', async (loadWorkers) => {
    const world = new LargeTable(400, { loadWorkers });
    await world.createTask();
    await world.copied(12);
    expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
    expect(world.errors).toEqual([]);
  });

  it('is loaded whenever workers are killed, and loses no more than a page each time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 }), async (deaths) => {
        const world = new LargeTable(60, { loadWorkers: 1 });
        await world.createTask();
        const left = [...deaths];
        const gate = (): Gate => {
          let passages = left.shift() ?? Infinity;
          return async (call, when) => {
            await Promise.resolve();
            passages -= 1;
            if (passages <= 0) throw new Error('The process is dead.');
            await world.slow(call, when);
          };
        };
        const workers = await world.copied(20, gate);
        expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
        expect(world.pages).toBeLessThanOrEqual(60 / PAGE + 1 + 2 * workers);
        expect(world.logged.filter((line) => /doubled|duplicate/u.test(line))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});
