import { cutText } from '../cut-text.ts';
import type { ErrorCode } from '../error-codes.ts';
import { CdcError } from '../errors.ts';
import { ConnectionProblem, type Problem } from './driver/connection-problem.ts';
import { driverError, type DriverError, type Failure } from './failure.ts';

/** Converts an error of a server or the driver to a CdcError. A CdcError stays as it is. */
export type ToError = (error: unknown) => CdcError;

export const SINK_CODES: Readonly<Record<Failure, ErrorCode>> = {
  unreachable: 'SINK_UNREACHABLE',
  'access-denied': 'SINK_ACCESS_DENIED',
  privilege: 'SINK_PRIVILEGE',
  'database-missing': 'SINK_DATABASE_MISSING',
  'table-missing': 'SINK_TABLE_MISSING',
  'column-missing': 'SINK_TABLE_MISMATCH',
  'table-unsupported': 'SINK_TABLE_UNSUPPORTED',
  'duplicate-key': 'SINK_DUPLICATE_KEY',
  'value-rejected': 'SINK_ROW_REJECTED',
  locked: 'SINK_LOCKED',
  'read-only': 'SINK_READ_ONLY',
  full: 'SINK_FULL',
  'local-infile-refused': 'SINK_ERROR',
  'snapshot-missing': 'SINK_ERROR',
  'snapshot-quota': 'SINK_ERROR',
  'snapshot-exists': 'SINK_ERROR',
  'schema-changed': 'SINK_TABLE_MISMATCH',
  tls: 'SINK_TLS',
  other: 'SINK_ERROR',
};

export const SOURCE_CODES: Readonly<Record<Failure, ErrorCode>> = {
  unreachable: 'SOURCE_UNREACHABLE',
  'access-denied': 'SOURCE_ACCESS_DENIED',
  privilege: 'SOURCE_PRIVILEGE',
  'database-missing': 'SOURCE_TABLE_MISSING',
  'table-missing': 'SOURCE_TABLE_MISSING',
  'column-missing': 'SCHEMA_CHANGED',
  'table-unsupported': 'SOURCE_ERROR',
  'duplicate-key': 'SOURCE_ERROR',
  'value-rejected': 'SOURCE_ERROR',
  locked: 'SOURCE_ERROR',
  'read-only': 'SOURCE_ERROR',
  full: 'SOURCE_ERROR',
  'local-infile-refused': 'SOURCE_ERROR',
  'snapshot-missing': 'HISTORY_LOST',
  'snapshot-quota': 'SNAPSHOT_QUOTA',
  'snapshot-exists': 'SOURCE_ERROR',
  'schema-changed': 'SCHEMA_CHANGED',
  tls: 'SOURCE_TLS',
  other: 'SOURCE_ERROR',
};

const PROBLEM_CODES: Readonly<Record<'source' | 'sink', Readonly<Record<Problem, ErrorCode>>>> = {
  source: { settings: 'SOURCE_SETTINGS', password: 'SOURCE_LOGIN_UNSAFE', answer: 'SOURCE_ANSWER' },
  sink: { settings: 'SINK_SETTINGS', password: 'SINK_LOGIN_UNSAFE', answer: 'SINK_ANSWER' },
};

/** Server texts quote statements and values. Cut to this length, they still say what happened. */
const MESSAGE_LIMIT = 500;

/** The driver's own error holds the whole statement, and rows of the user in it. */
const withoutStatement = ({ message, code, errno }: DriverError): Error =>
  Object.assign(new Error(message), { code, errno });

function converter(
  end: 'source' | 'sink',
  codes: Readonly<Record<Failure, ErrorCode>>,
  classify: (e: DriverError) => Failure,
) {
  return (error: unknown): CdcError => {
    if (error instanceof CdcError) return error;
    if (error instanceof ConnectionProblem) {
      const message = `At the ${end}: ${error.message}`.slice(0, MESSAGE_LIMIT);
      return new CdcError(PROBLEM_CODES[end][error.problem], message, { cause: error });
    }
    const driver = driverError(error);
    const detail = [driver.message || driver.code, driver.errno <= 0 ? '' : `(error ${driver.errno})`].join(' ').trim();
    return new CdcError(codes[classify(driver)], `The ${end} said: ${cutText(detail, MESSAGE_LIMIT)}`, {
      cause: withoutStatement(driver),
    });
  };
}

export const sinkErrors = (classify: (error: DriverError) => Failure): ToError =>
  converter('sink', SINK_CODES, classify);
export const sourceErrors = (classify: (error: DriverError) => Failure): ToError =>
  converter('source', SOURCE_CODES, classify);
