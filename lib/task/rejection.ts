import { cutText } from '../cut-text.ts';
import { ERRORS, type ErrorCode } from '../error-codes.ts';
import { CdcError } from '../errors.ts';

/** One reason why a task cannot be accepted. */
export interface Complaint {
  readonly code: ErrorCode;
  /** The setting to change, e.g. `sourceUri` or `tables`. */
  readonly setting: string;
  /** The finding. Passwords are masked. */
  readonly found: string;
  /** The action for the user. */
  readonly action: string;
}

/** A request that cannot be accepted. It has every reason, not only the first. */
export class Rejection extends CdcError {
  readonly complaints: readonly Complaint[];

  constructor(code: ErrorCode, complaints: readonly Complaint[]) {
    super(code, summary(complaints));
    this.name = 'Rejection';
    this.complaints = complaints;
  }
}

/** The message quotes the first complaints only. The list of complaints has them all. */
const SUMMED_UP = 20;

const summary = (complaints: readonly Complaint[]): string =>
  cutText(
    complaints
      .slice(0, SUMMED_UP)
      .map(({ setting, found }) => cutText(`${setting}: ${found}`))
      .join(' '),
  );

/** A complaint with the action of its code. */
export const complain = (code: ErrorCode, setting: string, found: string): Complaint => ({
  code,
  setting,
  found,
  action: ERRORS[code].action,
});

/** Turns an error into one of several complaints. */
export const complaintOf = (error: CdcError, setting: string): Complaint =>
  complain(error.code, setting, error.message);
