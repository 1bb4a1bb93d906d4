import { ERRORS, type ErrorCode, errorKind } from './error-codes.ts';

/** An error as an operator needs it: a stable code, whether waiting helps, and what to do. */
export class CdcError extends Error {
  readonly code: ErrorCode;
  /** If the connection was lost: a short name of the last statement that had written to the sink. */
  lostAfter: string | undefined;
  /** The row that the sink refused, in words, which the message ends with. */
  refusedRow: string | undefined;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CdcError';
    this.code = code;
  }

  /** True: the same step may succeed later without help. False: an operator must act first. */
  get retry(): boolean {
    return errorKind(this.code).class === 'retry';
  }

  /** The action for the operator. */
  get action(): string {
    return ERRORS[this.code].action;
  }
}

/**
 * Turns any thrown value into a CdcError. If nobody has classified it, the code is INTERNAL, and the step is tried
 * again.
 */
export function toCdcError(error: unknown): CdcError {
  if (error instanceof CdcError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CdcError('INTERNAL', message, { cause: error });
}

export const isCdcError = (error: unknown, code: ErrorCode): error is CdcError =>
  error instanceof CdcError && error.code === code;
