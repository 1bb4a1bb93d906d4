import { type ServiceFailure, serviceFailure } from '../aws/service-failure.ts';
import type { ErrorCode } from '../error-codes.ts';
import { CdcError } from '../errors.ts';

/** Runs one call of the AWS SDK. Any error becomes a STORE_… error that names the step. */
export async function storeCall<T>(step: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw storeError(step, error);
  }
}

export const STORE_CODES: Readonly<Record<ServiceFailure, ErrorCode>> = {
  throttled: 'STORE_THROTTLED',
  denied: 'STORE_DENIED',
  missing: 'STORE_MISSING',
  refused: 'STORE_REFUSED',
  unreachable: 'STORE_ERROR',
  other: 'STORE_ERROR',
};

/** The SDK has already repeated the call at once. The next run or request tries again. */
export function storeError(step: string, cause: unknown): CdcError {
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new CdcError(STORE_CODES[serviceFailure(cause)], `DynamoDB could not ${step}: ${reason}`, { cause });
}
