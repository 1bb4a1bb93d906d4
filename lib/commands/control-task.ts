import type { TaskRecord } from '../record/task-record.ts';
import { type CommandContext, startWorker } from './command-context.ts';

/** A change of what is asked for. Repeating one does no harm. */
export type Control = (context: CommandContext, name: string) => Promise<TaskRecord>;

/** The worker sees it within its poll interval and stops between two transactions. */
export const pauseTask: Control = ({ store }, name) => store.setDesired(name, 'paused');

/** Goes on from the checkpoint, also after an error. */
export const resumeTask: Control = (context, name) =>
  thenStart(context, name, context.store.setDesired(name, 'running'));

/** Loads everything again. */
export const restartTask: Control = (context, name) => thenStart(context, name, context.store.restart(name));

/** A worker takes the task's snapshots and its rows at the sink away; the tables of the sink stay. */
export const dropTask: Control = (context, name) => thenStart(context, name, context.store.drop(name));

/** The same for a task whose source or sink is gone for good: what cannot be taken away there is left behind. */
export const forceDropTask: Control = (context, name) => thenStart(context, name, context.store.drop(name, true));

async function thenStart(context: CommandContext, name: string, change: Promise<TaskRecord>): Promise<TaskRecord> {
  const record = await change;
  await startWorker(context, name);
  return record;
}
