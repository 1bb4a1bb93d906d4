import type { ErrorCode } from '../../../../lib/error-codes.ts';
import type { WorkerStore } from '../../../../lib/store/task-store.ts';
import type { Fault } from '../fault.ts';

/** The order that a worker's process gets. */
export interface Order {
  readonly task: string;
  /** How long the worker may run, and how far its clock is ahead, in milliseconds of its clock. */
  readonly milliseconds: number;
  readonly ahead: number;
  readonly owner: string;
  readonly sinkUri: string;
  readonly fault: Fault | undefined;
}

/** A call of the store, which the parent's process has. */
export interface StoreCall {
  readonly number: number;
  readonly method: keyof WorkerStore;
  readonly args: readonly unknown[];
}

export interface StoreAnswer {
  readonly number: number;
  readonly result?: unknown;
  readonly error?: { readonly code: ErrorCode; readonly message: string };
}

/** The last message of a worker: every point that it passed, and the point at which its fault came. */
export interface Report {
  readonly passed: readonly string[];
  readonly point: string | undefined;
  readonly log: readonly string[];
}

export type FromWorker = { readonly call: StoreCall } | { readonly report: Report };
export type ToWorker = { readonly order: Order } | { readonly answer: StoreAnswer };

/** Written to the standard output, because such a write is done before the process stops itself. */
export const FROZEN = 'frozen';
