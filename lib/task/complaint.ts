import type { ErrorCode } from '../error-codes.ts';

/** One reason why a task cannot be accepted. */
export interface Complaint {
  readonly code: ErrorCode;
  /** The setting to change, e.g. `sourceUri` or `tables`. */
  readonly setting: string;
  /** What was found, passwords masked. */
  readonly found: string;
  /** What to do. */
  readonly action: string;
}
