import { CdcError } from '../../errors.ts';
import { driverError, type Failure } from '../../wire/failure.ts';
import { classifyMatrixone } from './error-class.ts';

/** Classifies an error, whether it has been given a code or not. */
export const failureOf = (error: unknown): Failure =>
  classifyMatrixone(driverError(error instanceof CdcError && error.cause !== undefined ? error.cause : error));
