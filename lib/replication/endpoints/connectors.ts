import type { TaskSpec } from '../../task/task.ts';
import type { Sink } from './sink.ts';
import type { Source } from './source.ts';

/** Opens the source and the sink of a task. Opening does no I/O. */
export interface Connectors {
  source(spec: TaskSpec, signal: AbortSignal): Source;
  /** `taskId` names the task's fence at the sink. */
  sink(spec: TaskSpec, taskId: string, signal: AbortSignal): Sink;
}
