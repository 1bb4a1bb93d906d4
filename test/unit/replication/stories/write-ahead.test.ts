import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Gate } from '../../../support/gate.ts';
import { killer, LEASE_RUNS_OUT } from '../../../support/killer.ts';
import { declaredAs, memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const TABLES = [...SOURCE_TABLES, { database: 'shop', table: 'c' }];
const SHAPES = [{}, { key: [] }, { hasUniqueKeys: true }, declaredAs('create table (otherwise)')];
const IDS = ['1', '2', '3', '4', '5', '6'];

/** What the sink's tables, or plans of what they are to get, are written by. */
const WRITES = /^sink\.(?:createTable|alterTable|finishTable|dropTable|planLoad|loadChunk)$/u;

const step = fc.record({
  what: fc.constantFrom('put', 'put', 'put', 'put', 'delete', 'delete', 'anew', 'alter', 'drop'),
  table: fc.constantFrom(...TABLES),
  id: fc.constantFrom(...IDS),
  v: fc.constantFrom('x', 'y', 'z'),
  shape: fc.constantFrom(...SHAPES),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take({ source }: MemoryWorld, { what, table, id, v, shape }: Step): void {
  const there = source.schemas.has(`${table.database}.${table.table}`);
  if (!there) source.create(memorySchema(table, { id: `${id}${v}` }));
  if (what === 'put') source.put(table, id, v);
  if (what === 'delete') source.delete(table, id);
  if (what === 'anew') source.replace(table, shape);
  if (what === 'alter') source.alter(table, `create table (with an index ${id}${v})`);
  if (what === 'drop' && there) source.drop(table);
}

/**
 * Notes each write to the sink, and whether the store held the window it belongs to when it began. The store need not
 * hold a window that the sink gets whole, in one transaction of rows: the fence has its end.
 */
class Witness {
  readonly early: string[] = [];
  /** Writes of windows that were seen. */
  writes = 0;
  /** By number of a window, the pins that it was to end at when it was written. */
  readonly ends = new Map<number, Set<string>>();
  readonly #world: MemoryWorld;

  constructor(world: MemoryWorld) {
    this.#world = world;
  }

  readonly gate =
    (inner: Gate): Gate =>
    async (call, when) => {
      await inner(call, when);
      if (call === 'sink.batch.commit' && when === 'after') await this.#seeCommit();
      if (when !== 'before') return;
      // Whoever does not wait for the store is ahead of it.
      if (call === 'store.saveProgress') await delay(1);
      if (WRITES.test(call)) await this.#see(call);
    };

  async #see(call: string): Promise<void> {
    const { phase, pending, window } = (await this.#world.task()).progress;
    if (phase === 'new' || phase === 'load') return;
    this.writes += 1;
    if (pending === undefined) this.early.push(`${call} after window ${window}`);
    else this.#ends(pending.number, pending.until.name);
  }

  async #seeCommit(): Promise<void> {
    const { pending, phase, saves } = (await this.#world.task()).progress;
    const { window = 0, batch = 0, point } = [...this.#world.sink.fences.values()][0] ?? {};
    if (phase !== 'window') return;
    this.writes += 1;
    if (batch > 0 && pending?.number !== window + 1) this.early.push(`part ${batch} of window ${window + 1}`);
    if (batch > 0 || point === undefined) return;
    this.#ends(window, point.checkpoint.name);
    if (pending === undefined && point.saves > saves) this.early.push(`window ${window} upon unknown progress`);
  }

  #ends(window: number, pin: string): void {
    this.ends.set(window, (this.ends.get(window) ?? new Set()).add(pin));
  }
}

it('the end of a window is in the store before the sink gets a part of it, and stays what it is', async () => {
  const script = fc.array(fc.array(step, { maxLength: 8 }), { minLength: 1, maxLength: 4 });
  const options = fc.record({
    transactionRows: fc.constantFrom(1, 3, 100),
    droppedTables: fc.constantFrom('keep' as const, 'drop' as const),
    withoutKey: fc.constant('replace' as const),
  });
  let writes = 0;
  await fc.assert(
    fc.asyncProperty(
      options,
      fc.boolean(),
      fc.integer({ min: 1, max: 300 }),
      script,
      async (with_, whole, at, rounds) => {
        const databases = [{ source: 'shop', sink: 'copy' }];
        const world = new MemoryWorld(with_, whole ? { level: 'database', tables: [], databases } : {});
        const witness = new Witness(world);
        const { gate, killed } = killer(at);
        const calm = witness.gate(() => Promise.resolve());
        await world.createTask();
        for (const steps of rounds) {
          for (const each of steps) take(world, each);
          await world.run(killed() === undefined ? witness.gate(gate) : calm).catch(() => undefined);
          if (killed() !== undefined) world.clock.jump(LEASE_RUNS_OUT);
        }
        expect((await world.run(calm)).outcome).toBe('stopped');
        writes += witness.writes;
        expect(witness.early).toEqual([]);
        for (const [number, ends] of witness.ends) expect([...ends], `window ${number}`).toHaveLength(1);
        for (const table of TABLES.slice(0, whole ? 3 : 2)) {
          if (world.source.schemas.has(`shop.${table.table}`))
            expect(world.sinkRows(table)).toEqual(world.sourceRows(table));
        }
      },
    ),
    { numRuns: 150 },
  );
  expect(writes).toBeGreaterThan(300);
});
