import type { RunReport } from '../../../lib/replication/run/run.ts';
import type { TaskRecord } from '../../../lib/record/task-record.ts';

/** Where the worker keeps its task: in its own memory, or in a DynamoDB at an address. */
export type StoreChoice = 'memory' | { readonly endpoint: string; readonly table: string };

/** To the worker. */
export type Order =
  | { readonly kind: 'run'; readonly record: TaskRecord; readonly store: StoreChoice }
  /** Ends the run as a deadline does; the answer is `stopped`. */
  | { readonly kind: 'stop' }
  /** Drops the task with everything it holds at both ends; the answer is `dropped`. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'usage' };

/** Times are milliseconds since 1970, with fractions. */
export type News =
  | { readonly kind: 'started'; readonly at: number }
  | { readonly kind: 'pin'; readonly askedAt: number; readonly at: number }
  /** Progress has been stored. */
  | { readonly kind: 'progress'; readonly at: number; readonly step: Step }
  | { readonly kind: 'ended'; readonly at: number; readonly report: RunReport; readonly error: string | undefined }
  | { readonly kind: 'stopped'; readonly record: TaskRecord | undefined }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'usage'; readonly usage: Usage };

export interface Step {
  readonly phase: string;
  readonly window: number;
  readonly pending: boolean;
  readonly rowsLoaded: number;
  readonly rowsApplied: number;
}

/** What the worker's process has used since its start. */
export interface Usage {
  /** Requests to the store that read, and that wrote. */
  readonly reads: number;
  readonly writes: number;
  /** The most memory ever resident (VmHWM), in bytes. */
  readonly peakMemory: number;
}

/** Comparable between processes of one machine, and finer than Date.now(). */
export const wallClock = (): number => performance.timeOrigin + performance.now();
