/** An error as MatrixOne reports it to the client. */
export class MatrixOneError extends Error {
  readonly errno: number;
  readonly sqlState: string;

  constructor(errno: number, message: string, sqlState = 'HY000') {
    super(message);
    this.name = 'MatrixOneError';
    this.errno = errno;
    this.sqlState = sqlState;
  }
}

/** MatrixOne uses this number for nearly every error, so clients must read the text too. */
export const internalError = (message: string): MatrixOneError =>
  new MatrixOneError(20101, `internal error: ${message}`);

export const missingTable = (table: string): MatrixOneError =>
  new MatrixOneError(1064, `SQL parser error: table "${table}" does not exist`);

/** For something that MatrixOne may be able to do, and the emulator cannot. */
export const notSupported = (what: string): MatrixOneError =>
  new MatrixOneError(20105, `emulator: not supported: ${what}`);
