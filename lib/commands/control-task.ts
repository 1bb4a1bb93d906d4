import type { TaskRecord } from '../record/task-record.ts';
import { type CommandContext, startWorker } from './command-context.ts';

/** Changes what the user asks of a task. Safe to repeat. */
export type Control = (context: CommandContext, name: string) => Promise<TaskRecord>;

/** The worker sees it within a second and stops; the next worker repeats what was not committed. */
export const pauseTask: Control = ({ store }, name) => store.setDesired(name, 'paused');

/** The task goes on from its checkpoint, also after an error. */
export const resumeTask: Control = (context, name) =>
  thenStart(context, name, context.store.setDesired(name, 'running'));

/** The task loads all tables again. */
export const restartTask: Control = (context, name) => thenStart(context, name, context.store.restart(name));

/**
 * A worker removes the task's snapshots and what the task keeps in `mo_cdc` at the sink. The task's sink tables stay.
 */
export const dropTask: Control = (context, name) => thenStart(context, name, context.store.drop(name));

/** As dropTask, for a task whose source or sink is gone for good: the worker leaves behind what it cannot remove. */
export const forceDropTask: Control = (context, name) => thenStart(context, name, context.store.drop(name, true));

async function thenStart(context: CommandContext, name: string, change: Promise<TaskRecord>): Promise<TaskRecord> {
  const record = await change;
  await startWorker(context, name);
  return record;
}
