import { type ErrorCode, isOfScope } from '../../error-codes.ts';
import { type CdcError, toCdcError } from '../../errors.ts';
import type { SessionStop } from '../session/session.ts';
import { StopRequested } from '../session/stop.ts';

/** Errors of the task as a whole: the task retries or stops, as it does without a check. */
const isOfTheTask = (code: ErrorCode): boolean => isOfScope(code, 'task', 'basis', 'worker', 'store');

/** An error that may pass counts as the table's after this many failures in a row. */
const TRIES = 3;
const PAUSE_MS = 1_000;

export interface VerificationVerdict {
  readonly code: ErrorCode;
  readonly message: string;
  /** Milliseconds until the next try of the table; undefined: note the failure and go on with the next table. */
  readonly again: number | undefined;
}

/** Decides what follows an error while a table is compared. Throws errors that are not for the check to handle. */
export function verificationVerdict(session: SessionStop, error: unknown, times: number): VerificationVerdict {
  // After an abort, whatever was under way fails with some error.
  if (session.signal.aborted || error instanceof StopRequested) throw error;
  const { code, message, retry }: CdcError = toCdcError(error);
  if (isOfTheTask(code)) throw error;
  return { code, message, again: retry && times < TRIES ? times * PAUSE_MS : undefined };
}
