import type { TaskRecord } from '../../../lib/record/task-record.ts';
import type { TableName } from '../../../lib/task/task.ts';
import type { LoadWorld } from '../load-world.ts';

/** Something happens, and ticks alone are to bring the task back into step. */
export interface Step {
  /** What happens to the source, or what the user asks for. */
  change(world: LoadWorld): Promise<void> | void;
  /** What happens beside, once the fault has come: what a half-done step has seen is not there any more. */
  meanwhile?(world: LoadWorld): Promise<void> | void;
  /** Tables that do not follow the source after this step (`db.table`); the sink refuses them. */
  readonly aside?: readonly string[];
  /** Where the task's tables are others than the story's from now on. */
  readonly tables?: readonly TableName[];
  /** The task is to be gone, with everything it kept. */
  readonly gone?: boolean;
}

export interface Story {
  readonly name: string;
  world(): LoadWorld;
  readonly tables: readonly TableName[];
  /** How long calls take, in milliseconds of the story; none, if not said. */
  readonly takes?: Readonly<Record<string, number>>;
  /** Several workers at once: which of them passes first is not always the same. */
  readonly isConcurrent?: boolean;
  /** How long a worker has, in milliseconds. */
  readonly runs?: number;
  /** Snapshots that are not the task's. */
  readonly foreign?: readonly string[];
  readonly steps: readonly Step[];
}

/** Why the task is not where it has to be after the step; undefined when it is. */
export async function unsettled(world: LoadWorld, story: Story, step: Step): Promise<string | undefined> {
  const record = await world.store.get('t');
  if (record === undefined || step.gone === true) {
    return record === undefined && step.gone === true ? undefined : `gone: ${record === undefined}`;
  }
  if (record.error !== undefined) return `error: ${record.error.code} ${record.error.message}`;
  const { progress } = record;
  if (record.lease !== undefined || progress.pending !== undefined) return 'a lease or a window is left';
  if (progress.phase !== 'finished' && progress.checkpoint === undefined) return 'there is no checkpoint';
  if (!isDone(record)) return 'a command is not carried out';
  const aside = Object.keys(progress.aside).join(',');
  if (aside !== (step.aside ?? []).join(',')) return `set aside: ${aside}`;
  return different(world, story, step)[0];
}

const isDone = ({ generation, selection, check, progress }: TaskRecord): boolean =>
  progress.generation === generation &&
  progress.selection === selection &&
  (check === undefined || (progress.check?.number === check.number && progress.check.finishedAt > 0));

function different(world: LoadWorld, story: Story, { aside = [], tables = story.tables }: Step): string[] {
  return tables
    .filter(({ database, table }) => !aside.includes(`${database}.${table}`))
    .filter((table) => world.sinkRows(table).join(' ') !== world.sourceRows(table).join(' '))
    .map((table) => `${table.table}: ${world.sinkRows(table).join(' ')} for ${world.sourceRows(table).join(' ')}`);
}

/** What is kept that should not be, at either end: pins, fence rows, plans, places, items. */
export async function leftovers(world: LoadWorld, story: Story): Promise<string[]> {
  const record = await world.store.get('t');
  const progress = record?.progress;
  const held = progress?.phase === 'finished' ? undefined : progress?.checkpoint?.name;
  const due = [...(held === undefined || held === '' ? [] : [held]), ...(story.foreign ?? [])];
  const windows = [...world.sink.fences.values()].map(({ window }) => window);
  const expected = progress === undefined ? [] : [progress.window];
  return [
    ...[...world.source.snapshots.keys()].filter((name) => !due.includes(name)).map((name) => `snapshot ${name}`),
    ...due.filter((name) => !world.source.snapshots.has(name)).map((name) => `no snapshot ${name}`),
    ...(windows.join() === expected.join() ? [] : [`fences ${windows.join()} instead of ${expected.join()}`]),
    ...(world.sink.chunks.size === 0 ? [] : ['plans of chunks']),
    ...(world.sink.places.size === 0 ? [] : ['places of loaders']),
    // A sink in memory refuses what LOAD DATA would have doubled: a try that got there is one too many.
    ...world.logged.filter((line) => /doubled|duplicate/u.test(line)),
  ];
}
