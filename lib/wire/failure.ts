/** The kinds of failures that a server or the driver reports, for either end of a task. */
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

/** The parts of a driver error by which failures are classified. */
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

/** Longer than any text by which failures are classified. A server's text may be as long as a packet. */
const LONGEST_PART = 2_048;

/** An AggregateError (several addresses tried) has an empty message, so use the messages of its parts. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return shortened(error.errors.map(messageOf).join('; '));
  return shortened(error instanceof Error ? error.message : String(error));
}

/** Cuts the middle, where servers quote a value or a statement. */
const shortened = (text: string): string =>
  text.length <= 2 * LONGEST_PART ? text : `${text.slice(0, LONGEST_PART)}…${text.slice(-LONGEST_PART)}`.toWellFormed();
