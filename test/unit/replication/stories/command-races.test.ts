import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TestClock } from '../../../support/memory-world.ts';
import { MemoryStore } from '../../../support/memory-store.ts';
import { NAME, RaceWorld } from '../../../support/race-world.ts';
import { type Command, COMMANDS, serialOutcomes } from '../../../support/serial-outcomes.ts';
import { seededRandom } from '../../../support/random-writer.ts';
import { Turnstile } from '../../../support/turnstile.ts';

const RUNS = Number(process.env['RACES'] ?? 150);
const LEASE_RUNS_OUT = 31_000;
const FIRST_GENERATION = 1;
const NOTHING = { pins: 0, fences: 0, chunks: 0, places: 0 };

/** What befalls a worker in the middle of its work. */
type Fate = 'freeze' | 'kill';

interface Story {
  /** What each client asks for, one after the other. */
  readonly clients: readonly (readonly Command[])[];
  readonly fates: readonly { readonly at: number; readonly fate: Fate }[];
  /** Which of those who wait goes on. */
  readonly seed: number;
}

/** Those that make something of it come more often. */
const command: fc.Arbitrary<Command> = fc.oneof(
  { arbitrary: fc.constantFrom(...COMMANDS), weight: 2 },
  { arbitrary: fc.constantFrom<Command[]>('create', 'drop'), weight: 2 },
);

const stories = (fates: number): fc.Arbitrary<Story> =>
  fc.record({
    clients: fc.array(fc.array(command, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 3 }),
    fates: fc.array(fc.record({ at: fc.nat(400), fate: fc.constantFrom<Fate[]>('freeze', 'kill') }), {
      maxLength: fates,
    }),
    seed: fc.nat(),
  });

class Race {
  readonly clock = new TestClock();
  readonly store = new MemoryStore(this.clock);
  readonly frozen = new Set<string>();
  readonly turnstile: Turnstile;
  readonly world: RaceWorld;
  readonly #story: Story;
  #passed = 0;
  #ticks = 0;

  constructor(story: Story) {
    this.#story = story;
    const random = seededRandom(story.seed);
    this.turnstile = new Turnstile((count) => Math.floor(random() * count));
    this.world = new RaceWorld(this.store, this.clock, this.turnstile.gate);
  }

  /** The commands, with workers beside them that may be killed or frozen; those who are frozen wake up later. */
  async play(): Promise<void> {
    const clients = this.#story.clients.map(async (commands, client) => {
      for (const one of commands) await this.world.command(`client ${client}`, one);
    });
    await this.#until(Promise.all(clients), () => {
      this.#befall();
    });
  }

  /** The schedule goes on until every worker has ended. */
  async settle(): Promise<void> {
    for (let round = 0; round < 4; round += 1) {
      this.clock.jump(LEASE_RUNS_OUT);
      await this.#until(this.world.tick(`tick ${(this.#ticks += 1)}`), () => undefined);
      // The frozen ones wake up in the middle of what came after them, or when all is done.
      if (round === 1) for (const worker of this.frozen) this.turnstile.thaw(worker);
      const isQuiet = (): boolean => [...this.world.working].every((worker) => round < 1 && this.frozen.has(worker));
      expect(await this.turnstile.run(isQuiet), 'the workers come to an end').toBe(true);
    }
  }

  async #until(work: Promise<unknown>, between: () => void): Promise<void> {
    let done = false;
    const ended = work.finally(() => {
      done = true;
    });
    expect(await this.turnstile.run(() => done, undefined, between)).toBe(true);
    await ended;
  }

  #befall(): void {
    this.#passed += 1;
    if (this.#passed % 7 === 0) this.world.write();
    for (const { fate } of this.#story.fates.filter(({ at }) => at === this.#passed)) {
      const worker = [...this.world.working].find((one) => !this.frozen.has(one));
      if (worker === undefined) continue;
      if (fate === 'kill') this.turnstile.kill(worker);
      else {
        this.frozen.add(worker);
        this.turnstile.freeze(worker);
      }
      this.clock.jump(LEASE_RUNS_OUT);
    }
  }
}

async function judge(race: Race): Promise<void> {
  const { world, store } = race;
  const outcomes = serialOutcomes(world.calls);
  expect(outcomes, `no order explains ${JSON.stringify(world.calls)}`).not.toEqual([]);
  await race.settle();
  const task = await store.get(NAME);
  expect(await world.leftovers()).toEqual(NOTHING);
  // A task that was to be dropped is gone by now.
  const expected = outcomes.map((outcome) => (outcome?.desired === 'dropping' ? undefined : outcome));
  expect(expected).toContainEqual(task && { desired: task.desired, restarts: task.generation - FIRST_GENERATION });
  if (task === undefined) return;
  await store.setDesired(NAME, 'running');
  await race.settle();
  expect(world.sinkRows()).toEqual(world.sourceRows());
  expect(world.source.snapshots.size).toBe(1);
  await store.drop(NAME);
  await race.settle();
  expect([await store.get(NAME), await world.leftovers()]).toEqual([undefined, NOTHING]);
}

describe('commands of several clients at the same time', () => {
  it.each([
    ['with workers that live', 0],
    ['with workers that are killed and frozen', 2],
  ])(
    'come out as if one had followed the other, and a dropped task leaves nothing behind, %s',
    async (_, fates) => {
      await fc.assert(
        fc.asyncProperty(stories(fates), async (story) => {
          const race = new Race(story);
          await race.play();
          await judge(race);
        }),
        { numRuns: RUNS },
      );
    },
    600_000,
  );
});
