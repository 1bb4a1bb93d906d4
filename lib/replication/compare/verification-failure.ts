import { type ErrorCode, isOfScope } from '../../error-codes.ts';
import { type CdcError, toCdcError } from '../../errors.ts';
import type { Session } from '../session/session.ts';
import { StopRequested } from '../session/stop.ts';

/** Failures of the task as a whole: it retries or stops as it does without a check. */
const isOfTheTask = (code: ErrorCode): boolean => isOfScope(code, 'task', 'basis', 'worker', 'store');

/** What may pass, or may not: after so many times in a row it is the table's own. */
const TRIES = 3;
const PAUSE_MS = 1_000;

export interface VerificationVerdict {
  readonly code: ErrorCode;
  readonly message: string;
  /** Try the table again after so many milliseconds; undefined: note the failure and go on with the next table. */
  readonly again: number | undefined;
}

/** What becomes of a failure while a table is compared; throws what is not for the check to handle. */
export function verificationVerdict(session: Session, error: unknown, times: number): VerificationVerdict {
  // An abort shows up as some error of whatever was under way.
  if (session.signal.aborted || error instanceof StopRequested) throw error;
  const { code, message, retry }: CdcError = toCdcError(error);
  if (isOfTheTask(code)) throw error;
  return { code, message, again: retry && times < TRIES ? times * PAUSE_MS : undefined };
}
