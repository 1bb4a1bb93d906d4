import type { Gate } from '../gate.ts';
import { LEASE_RUNS_OUT } from '../killer.ts';
import type { LoadWorld } from '../load-world.ts';
import { type Fault, Faults } from './fault.ts';
import { leftovers, type Step, type Story, unsettled } from './story.ts';

const TICK = 60_000;
/** How long a worker has, and after how many ticks the task has to have come back. */
const RUN = 50_000;
const TICKS = 12;

export interface Played {
  /** Every point that was passed, in order. */
  readonly passed: readonly string[];
  /** Where the fault came; undefined when the story was over before. */
  readonly point: string | undefined;
  /** What is wrong in the end: nothing, when the fault was survived. */
  readonly wrong: readonly string[];
}

/**
 * Plays a story with a fault: one worker a minute, as the schedule starts them, and nothing by hand. `wakes`: a frozen
 * worker goes on after so many passages of its successor, or once that one has ended.
 */
export async function play(story: Story, fault?: Fault, wakes = Infinity): Promise<Played> {
  const world = story.world();
  const faults = new Faults(fault, world.clock, { takes: story.takes });
  const wrong: string[] = [];
  world.loaderGate = () => faults.gate();
  for (const step of story.steps) {
    await step.change(world);
    wrong.push(...(await settle(world, story, step, faults, wakes)));
  }
  faults.thaw();
  wrong.push(...(await leftovers(world, story)));
  return { passed: faults.passed, point: faults.point, wrong };
}

async function settle(world: LoadWorld, story: Story, step: Step, faults: Faults, wakes: number): Promise<string[]> {
  const begun = faults.point;
  const frozen = await firstWorker(world, story, faults);
  if (faults.point !== begun) await step.meanwhile?.(world);
  const left = await ticks(world, story, step, faults, frozen === undefined ? undefined : wakingGate(faults, wakes));
  if (frozen === undefined) return left;
  const before = await contents(world);
  faults.thaw();
  await frozen.end;
  await world.settled();
  const after = await contents(world);
  const same = before.text === after.text || before.epoch !== after.epoch;
  const changed = same ? [] : [`the one that woke up changed ${before.text} to ${after.text}`];
  // What it may have made at the source goes with the next worker.
  world.clock.jump(TICK);
  await tick(world, story, faults);
  return [...left, ...changed, ...(await ticks(world, story, step, faults))];
}

/** Runs the first worker until it ends, or until it or a loader is frozen, whose end is then still to come. */
async function firstWorker(
  world: LoadWorld,
  story: Story,
  faults: Faults,
): Promise<{ end: Promise<void> } | undefined> {
  if (faults.point !== undefined) {
    await tick(world, story, faults);
    return undefined;
  }
  const end = tick(world, story, faults);
  const frozen = await Promise.race([end.then(() => false), faults.frozen.then(() => true)]);
  return frozen ? { end } : undefined;
}

async function ticks(world: LoadWorld, story: Story, step: Step, faults: Faults, gate?: Gate): Promise<string[]> {
  for (let count = 1; ; count += 1) {
    const why = await unsettled(world, story, step);
    if (why === undefined) return [];
    if (count > TICKS) return [`after ${TICKS} ticks: ${why}`];
    world.clock.jump(count === 1 ? LEASE_RUNS_OUT : TICK);
    await tick(world, story, faults, gate);
  }
}

/** A worker as the schedule starts it; what it throws is the platform's to note. */
async function tick(world: LoadWorld, story: Story, faults: Faults, gate = faults.gate()): Promise<void> {
  await world.run(gate, story.runs ?? RUN).catch(() => undefined);
  // Nobody waits for those who are frozen.
  await Promise.race([world.settled(), faults.frozen]);
}

/** A gate of a successor that lets the frozen worker go on in the midst of its work. */
function wakingGate(faults: Faults, after: number): Gate {
  const gate = faults.gate();
  let passed = 0;
  return async (call, when) => {
    passed += 1;
    if (passed > after) faults.thaw();
    await gate(call, when);
  };
}

/**
 * What the world sees of a task: its rows at the sink, and its progress. Whoever froze before it had the lease takes it
 * when it wakes up, as any worker may: then it is nobody's ghost, and is left to go on.
 */
async function contents(world: LoadWorld): Promise<{ epoch: number | undefined; text: string }> {
  const rows = [...world.sink.tables].map(([name, table]) => [name, [...table.values()].map(String).sort()]);
  const record = await world.store.get('t');
  return { epoch: record?.epoch, text: JSON.stringify([rows, record?.progress]) };
}
