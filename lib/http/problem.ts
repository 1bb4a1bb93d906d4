import { cutText } from '../cut-text.ts';
import { ERRORS, type ErrorCode, isOfScope } from '../error-codes.ts';
import { CdcError, toCdcError } from '../errors.ts';
import { type Complaint, complain, Rejection } from '../task/rejection.ts';

/** The body of every error answer (RFC 9457), with the extra fields that an operator needs. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly action: string;
  /** Every reason, if the request was refused for several. */
  readonly complaints?: readonly Complaint[];
}

const MOST_COMPLAINTS = 200;
const LONGEST_SETTING = 256;

/** Is the message for the log only? Errors of the store and of a service speak of a defect, or of the AWS account. */
const isHidden = (code: ErrorCode): boolean => isOfScope(code, 'store', 'service');

/** The part of an error that the caller may know. If something inside failed, that is only where to look it up. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (error instanceof Rejection) return { ...problem(error.code, error.message), complaints: shown(error.complaints) };
  if (error instanceof CdcError && !isHidden(error.code)) return problem(error.code, error.message);
  switch (parserStatus(error)) {
    case 415:
      return { ...problem('REQUEST_MALFORMED', 'The Content-Type is not application/json.'), status: 415 };
    case 422:
      return problem('REQUEST_MALFORMED', 'The body is not JSON.');
    default:
      return problem(
        toCdcError(error).code,
        `Something failed inside the product. Search its log for request ${requestId}.`,
      );
  }
}

/** A body may be wrong in many places, and an answer has a size limit, so list only the first complaints. */
function shown(complaints: readonly Complaint[]): Complaint[] {
  const first = complaints.slice(0, MOST_COMPLAINTS).map((each) => ({
    ...each,
    setting: cutText(each.setting, LONGEST_SETTING),
    found: cutText(each.found),
  }));
  const more = complaints.length - first.length;
  return more > 0 ? [...first, complain('REQUEST_INVALID', 'body', `There are ${more} more complaints.`)] : first;
}

/** The status of an error that the body parser threw. Only the status says what was wrong. */
const parserStatus = (error: unknown): unknown =>
  error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;

function problem(code: ErrorCode, detail: string): Problem {
  const { status, action } = ERRORS[code];
  const words = code.toLowerCase().replaceAll('_', ' ');
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  const type = `urn:mo-cdc:problem:${words.replaceAll(' ', '-')}`;
  return { type, title, status, detail: cutText(detail), code, action };
}
