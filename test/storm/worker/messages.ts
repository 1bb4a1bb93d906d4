import type { LoadOrder } from '../../../lib/store/load-order.ts';
import type { Pace } from '../fast-clock.ts';

/** What a worker process is started for. */
export interface Assignment {
  readonly task: string;
  /** As a loader, by this order; else as the task's worker. */
  readonly order: LoadOrder | undefined;
  readonly table: string;
  readonly pace: Pace;
  /** Ends by itself after so long, by that clock; milliseconds. */
  readonly lifetime: number;
  /** How often the worker waits for a look at what it has done, from 0 to 1. */
  readonly shown: number;
}

/** From a worker process. */
export type News =
  | { readonly kind: 'log'; readonly level: string; readonly event: string; readonly fields: string }
  | { readonly kind: 'order'; readonly order: LoadOrder }
  /** The checkpoint has moved: the worker waits for the parent's word, for a while. */
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'ended'; readonly outcome: string };
