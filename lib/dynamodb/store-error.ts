import { CdcError } from '../errors.ts';

/** Runs one call of the AWS SDK; whatever it throws becomes a STORE_ERROR that names the step. */
export async function storeCall<T>(step: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw storeError(step, error);
  }
}

/** The SDK has repeated what may be repeated at once; the next run or request tries the rest again. */
export function storeError(step: string, cause: unknown): CdcError {
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new CdcError('STORE_ERROR', `DynamoDB could not ${step}: ${reason}`, { cause });
}
