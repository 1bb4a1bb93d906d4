/** What a server or the driver says went wrong, whichever end of the task it is. */
export type Failure =
  | 'unreachable'
  | 'access-denied'
  | 'privilege'
  | 'database-missing'
  | 'table-missing'
  | 'column-missing'
  | 'table-unsupported'
  | 'duplicate-key'
  | 'value-rejected'
  | 'locked'
  | 'read-only'
  | 'full'
  | 'local-infile-refused'
  | 'snapshot-missing'
  | 'snapshot-quota'
  | 'snapshot-exists'
  | 'schema-changed'
  | 'tls'
  | 'other';

/** The parts of a driver error that tell failures apart. */
export interface DriverError {
  readonly code: string;
  readonly errno: number;
  readonly message: string;
}

export function driverError(error: unknown): DriverError {
  const { code, errno } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  return {
    code: typeof code === 'string' ? code : '',
    errno: typeof errno === 'number' ? errno : 0,
    message: messageOf(error),
  };
}

/** Longer than any text that tells failures apart. A server may say as much as a packet holds. */
const LONGEST_PART = 2_048;

/** An AggregateError (several addresses tried) has an empty message; its parts tell more. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return shortened(error.errors.map(messageOf).join('; '));
  return shortened(error instanceof Error ? error.message : String(error));
}

/** What is quoted, a value or a statement, stands in the middle. */
const shortened = (text: string): string =>
  text.length <= 2 * LONGEST_PART ? text : `${text.slice(0, LONGEST_PART)}…${text.slice(-LONGEST_PART)}`.toWellFormed();
