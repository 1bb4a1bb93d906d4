/** A command that was refused or failed. The lines say why, and what to do. */
export class CliError extends Error {
  readonly lines: readonly string[];

  constructor(lines: readonly string[], options?: ErrorOptions) {
    super(lines[0], options);
    this.name = 'CliError';
    this.lines = lines;
  }
}

/** The tool did not understand the command line. */
export class UsageError extends CliError {}

export const TASK_NOT_FOUND = 'TASK_NOT_FOUND';

/** The API answered with an error. */
export class RefusedError extends CliError {
  readonly code: string;

  constructor(code: string, lines: readonly string[]) {
    super(lines);
    this.code = code;
  }
}
