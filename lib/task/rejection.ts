import { cutText } from '../cut-text.ts';
import { ERRORS, type ErrorCode } from '../error-codes.ts';
import { CdcError } from '../errors.ts';

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

/** A request that cannot be accepted, with every reason and not only the first. */
export class Rejection extends CdcError {
  readonly complaints: readonly Complaint[];

  constructor(code: ErrorCode, complaints: readonly Complaint[]) {
    super(code, summary(complaints));
    this.name = 'Rejection';
    this.complaints = complaints;
  }
}

/** Its message has the first of them: an answer has the list itself. */
const SUMMED_UP = 20;

const summary = (complaints: readonly Complaint[]): string =>
  cutText(
    complaints
      .slice(0, SUMMED_UP)
      .map(({ setting, found }) => cutText(`${setting}: ${found}`))
      .join(' '),
  );

/** A complaint whose remedy is that of its code. */
export const complain = (code: ErrorCode, setting: string, found: string): Complaint => ({
  code,
  setting,
  found,
  action: ERRORS[code].action,
});

/** An error turned into one reason of several. */
export const complaintOf = (error: CdcError, setting: string): Complaint =>
  complain(error.code, setting, error.message);
