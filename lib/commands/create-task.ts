import { newTaskRecord } from '../record/new-task-record.ts';
import type { Clock } from '../clock.ts';
import { CdcError } from '../errors.ts';
import { preflight } from './preflight.ts';
import { type Complaint, complain, Rejection } from '../task/rejection.ts';
import type { Connectors } from '../replication/endpoints/connectors.ts';
import { checkSpec, withSinkTls } from '../task/check-spec.ts';
import { newTaskId } from '../task/task-name.ts';
import type { TaskRecord } from '../record/task-record.ts';
import type { TaskSpec } from '../task/task.ts';
import { type CommandContext, startWorker } from './command-context.ts';

export interface CreateContext extends CommandContext {
  readonly connectors: Connectors;
  readonly clock: Clock;
}

/**
 * Stores a task and starts a worker if nothing at source and sink prevents it. Otherwise throws REQUEST_INVALID or
 * TASK_REJECTED with all reasons.
 */
export async function createTask(context: CreateContext, given: TaskSpec, signal: AbortSignal): Promise<TaskRecord> {
  refuse('REQUEST_INVALID', [
    ...checkSpec(given),
    ...checkStart(given, context.clock.now()),
    ...checkEnd(given, context.clock.now()),
  ]);
  const spec = { ...given, sinkUri: withSinkTls(given.sinkUri, given.sinkType) };
  refuseTaken(await context.store.get(spec.name));
  const now = context.clock.now();
  const id = newTaskId(now);
  const { complaints, keptByPitr } = await preflight(context.connectors, spec, { taskId: id, pinId: id }, signal);
  refuse('TASK_REJECTED', complaints);
  const record = newTaskRecord(id, spec, now, keptByPitr);
  await context.store.create(record);
  await startWorker(context, spec.name);
  return record;
}

function refuseTaken(record: TaskRecord | undefined): void {
  if (record === undefined) return;
  const { name } = record.spec;
  if (record.desired === 'dropping') throw new CdcError('TASK_DROPPING', `The task "${name}" is still being dropped.`);
  throw new CdcError('TASK_EXISTS', `There is a task named "${name}" already.`);
}

function checkStart({ options: { startTs, endTs } }: TaskSpec, now: number): Complaint[] {
  if (startTs === null) return [];
  if (Date.parse(startTs) > now)
    return [complain('REQUEST_INVALID', 'options.startTs', `${startTs} is in the future.`)];
  if (endTs === null || endTs > startTs) return [];
  return [complain('REQUEST_INVALID', 'options.startTs', `${startTs} is not before the end, ${endTs}.`)];
}

export function checkEnd({ options: { endTs } }: TaskSpec, now: number): Complaint[] {
  if (endTs === null || Date.parse(endTs) > now) return [];
  return [complain('REQUEST_INVALID', 'options.endTs', `${endTs} is in the past.`)];
}

/** Throws a Rejection with all complaints, if there are any. */
export function refuse(code: 'REQUEST_INVALID' | 'TASK_REJECTED', complaints: ReturnType<typeof checkSpec>): void {
  if (complaints.length > 0) throw new Rejection(code, complaints);
}
