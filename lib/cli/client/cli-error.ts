/** Refused or failed; the lines say why and what to do. */
export class CliError extends Error {
  readonly lines: readonly string[];

  constructor(lines: readonly string[], options?: ErrorOptions) {
    super(lines[0], options);
    this.name = 'CliError';
    this.lines = lines;
  }
}

/** A command that was not understood. */
export class UsageError extends CliError {}

export const TASK_NOT_FOUND = 'TASK_NOT_FOUND';

/** An answer of the API that is an error. */
export class RefusedError extends CliError {
  readonly code: string;

  constructor(code: string, lines: readonly string[]) {
    super(lines);
    this.code = code;
  }
}
