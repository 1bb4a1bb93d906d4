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

/** The error of the API, as data. */
export interface ApiProblem {
  readonly detail: string;
  readonly action: string;
  readonly complaints?:
    | readonly { readonly code: string; readonly setting: string; readonly found: string; readonly action: string }[]
    | undefined;
}

/** The API answered with an error. */
export class RefusedError extends CliError {
  readonly code: string;
  /** Undefined if the answer was none of the API's own. */
  readonly problem: ApiProblem | undefined;

  constructor(code: string, lines: readonly string[], problem?: ApiProblem) {
    super(lines);
    this.code = code;
    this.problem = problem;
  }
}
