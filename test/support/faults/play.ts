import type { Gate } from '../gate.ts';
import { LEASE_RUNS_OUT } from '../killer.ts';
import type { LoadWorld } from '../load-world.ts';
import { type Fault, Faults } from './fault.ts';
import { leftovers, type Step, type Story, unsettled } from './story.ts';

const TICK = 60_000;
/** How long a worker may run (milliseconds), and the number of ticks after which the task must be in step. */
const RUN = 50_000;
const TICKS = 12;

export interface Played {
  /** Every point that a worker passed, in order. */
  readonly passed: readonly string[];
  /** The point at which the fault came; undefined if the story ended before. */
  readonly point: string | undefined;
  /** The problems at the end. Empty if the workers survived the fault. */
  readonly wrong: readonly string[];
}

/**
 * Plays a story with a fault. One worker starts each minute, as by the schedule, and nobody helps. A frozen worker
 * wakes up when its successor has passed `wakes` points, or when that successor has ended.
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
  // The next worker drops the pins that the woken worker may have made at the source.
  world.clock.jump(TICK);
  await tick(world, story, faults);
  return [...left, ...changed, ...(await ticks(world, story, step, faults))];
}

/**
 * Runs the first worker until it ends, or until it or a loader is frozen. The result has the end of a frozen one, which
 * is still to come.
 */
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

/** Starts a worker as the schedule does. The platform would record what it throws; here it is ignored. */
async function tick(world: LoadWorld, story: Story, faults: Faults, gate = faults.gate()): Promise<void> {
  await world.run(gate, story.runs ?? RUN).catch(() => undefined);
  // Do not wait for frozen workers.
  await Promise.race([world.settled(), faults.frozen]);
}

/**
 * A gate for the successor. After `after` calls it lets the frozen worker go on, in the middle of the successor's work.
 */
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
 * The visible state of the task: its rows at the sink, and its progress. If a worker froze before it had the lease,
 * it takes the lease when it wakes up, as any worker may. It then has the newest epoch and may change these.
 */
async function contents(world: LoadWorld): Promise<{ epoch: number | undefined; text: string }> {
  const rows = [...world.sink.tables].map(([name, table]) => [name, [...table.values()].map(String).sort()]);
  const record = await world.store.get('t');
  return { epoch: record?.epoch, text: JSON.stringify([rows, record?.progress]) };
}
