import type { TaskRecord } from '../../../lib/record/task-record.ts';
import type { TableName } from '../../../lib/task/task.ts';
import type { LoadWorld } from '../load-world.ts';

/** Something happens. After that, ticks alone must bring the task back into step. */
export interface Step {
  /** The change at the source, or the user's command. */
  change(world: LoadWorld): Promise<void> | void;
  /** A change that happens after the fault has come. So a retry does not meet what the half-done step has seen. */
  meanwhile?(world: LoadWorld): Promise<void> | void;
  /** Tables (`db.table`) that no longer follow the source after this step, because the sink refuses them. */
  readonly aside?: readonly string[];
  /** The task's tables after this step, if they differ from the story's. */
  readonly tables?: readonly TableName[];
  /** True: the task must be gone, with everything that it kept. */
  readonly gone?: boolean;
}

export interface Story {
  readonly name: string;
  world(): LoadWorld;
  readonly tables: readonly TableName[];
  /** How long calls take, in milliseconds of the story; by default no time. */
  readonly takes?: Readonly<Record<string, number>>;
  /**
   * The order of passages may change from run to run: several workers run at the same time, or a wait that is drawn by
   * chance stands before them.
   */
  readonly isUnordered?: boolean;
  /** How long a worker may run, in milliseconds. */
  readonly runs?: number;
  /** Names of snapshots that do not belong to the task. */
  readonly foreign?: readonly string[];
  readonly steps: readonly Step[];
}

/** Why the task is not in the state that it must be in after the step; undefined if it is. */
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

/** Leftovers at source or sink: pins, fence rows, plans, places, items. */
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
    // LOAD DATA would have doubled rows where the sink in memory refuses. So each refusal is an error of the worker.
    ...world.logged.filter((line) => /doubled|duplicate/u.test(line)),
  ];
}
