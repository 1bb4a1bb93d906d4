import { ERRORS, type ErrorCode, errorKind } from './error-codes.ts';

/** What went wrong, as an operator needs it: a stable code, whether waiting helps, and what to do. */
export class CdcError extends Error {
  readonly code: ErrorCode;
  /** The last statement that had written to the sink, in a few words, when the connection was lost. */
  lostAfter: string | undefined;
  /** The row that the sink refused, in words, which the message ends with. */
  refusedRow: string | undefined;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CdcError';
    this.code = code;
  }

  /** True: the same step may succeed later without anybody's help. False: an operator has to act first. */
  get retry(): boolean {
    return errorKind(this.code).class === 'retry';
  }

  /** What the operator should do. */
  get action(): string {
    return ERRORS[this.code].action;
  }
}

/** Wraps anything thrown into a CdcError; what nobody classified is INTERNAL and is tried again. */
export function toCdcError(error: unknown): CdcError {
  if (error instanceof CdcError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CdcError('INTERNAL', message, { cause: error });
}

export const isCdcError = (error: unknown, code: ErrorCode): error is CdcError =>
  error instanceof CdcError && error.code === code;
