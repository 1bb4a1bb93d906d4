import { ERRORS, type ErrorCode, errorKind } from './error-codes.ts';

/** An error as an operator needs it: a stable code, whether waiting helps, and what to do. */
export class CdcError extends Error {
  readonly code: ErrorCode;
  /** If the connection was lost: the last statement that wrote to the sink, in a few words. */
  lostAfter: string | undefined;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CdcError';
    this.code = code;
  }

  /** True: the same step may succeed later without help. False: an operator has to act first. */
  get retry(): boolean {
    return errorKind(this.code).class === 'retry';
  }

  /** An instruction for the operator. */
  get action(): string {
    return ERRORS[this.code].action;
  }
}

/** Wraps anything thrown into a CdcError. An error without a code becomes INTERNAL, which is tried again. */
export function toCdcError(error: unknown): CdcError {
  if (error instanceof CdcError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CdcError('INTERNAL', message, { cause: error });
}

export const isCdcError = (error: unknown, code: ErrorCode): error is CdcError =>
  error instanceof CdcError && error.code === code;
