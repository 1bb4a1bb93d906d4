import { TASK_METRICS, TICK_METRICS, WORKER_METRICS } from '../../../lib/metrics/metric-names.ts';

/** A month, as AWS's own examples count it. */
export const HOURS = 730;
export const MINUTES = HOURS * 60;
export const SECONDS = HOURS * 3_600;

/** What one task asks of the store in a minute. A test counts the calls of a worker and compares. */
export const CONTINUOUS_IDLE = { reads: 59, writes: 6 } as const;
/** However many windows there are: the progress is stored once a second. The goal of the product, an upper bound. */
export const CONTINUOUS_BUSY = { reads: 60, writes: 72 } as const;
/** A worker's run that looks once and finds nothing: it takes the lease, reads the task, stores, and gives the lease back. */
export const LOOK = { reads: 1, writes: 3 } as const;

/** Upper bound of the units of a write: the parts of a task that are written often have at most 2 kB. */
export const UNITS_OF_A_WRITE = 2;
/** A busy task writes no more than this, in units a second, whatever it writes. */
export const BUSY_UNITS_A_SECOND = 2;
/** A read of up to 4 kB that has to be up to date. */
export const UNITS_OF_A_READ = 1;
/** The tick reads two small items of every task once a minute, up to date. */
export const UNITS_OF_A_TICK = 2;
/** It asks which tasks there are: a page of 50 names, which may be a moment old. */
export const UNITS_OF_NAMES = 0.5;

export const DEFAULT_MEMORY_MB = 1_024;
/**
 * How long a look takes at each size, in seconds, with a worker that has the processor that Lambda gives it: see "Memory
 * of workers" in docs/cost.md. The way to the databases and to DynamoDB comes on top: several tens of round trips.
 */
export const LOOK_SECONDS: Readonly<Record<number, number>> = { 256: 0.7, 512: 0.5, 1_024: 0.3 };

/**
 * Assumed: the tick's workers share so many execution environments, each of which reads a task's own secret once and
 * lives for so many hours.
 */
export const ENVIRONMENTS = 20;
export const ENVIRONMENT_HOURS = 1;

/** Bytes in the log: lines of the product and of Lambda, for a look, and for a minute of a continuous task. */
export const LOG_BYTES_OF_A_LOOK = 1_500;
export const LOG_BYTES_OF_A_MINUTE = 1_500;
/** A window logs a line. */
export const LOG_BYTES_OF_A_WINDOW = 250;

/** The tick's own function: 256 MB for about half a second a minute. */
export const TICK = { gb: 0.25, seconds: 0.5, logBytes: 2_000 } as const;
export const STAGE_METRICS = Object.keys({ ...TICK_METRICS, ...WORKER_METRICS }).length;
export const METRICS_OF_A_TASK = Object.keys(TASK_METRICS).length;
