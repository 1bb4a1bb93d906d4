import type { Language } from '../../error-texts.ts';
import { inLanguage, type Line } from '../texts/say.ts';

/** Lines that are translated one by one, or all at once. */
type Lines = readonly Line[] | ((language: Language) => readonly string[]);

/** A command that was refused or failed. The lines say why, and what to do. */
export class CliError extends Error {
  readonly #lines: Lines;

  constructor(lines: Lines, options?: ErrorOptions) {
    super(linesOf(lines, 'en')[0], options);
    this.name = 'CliError';
    this.#lines = lines;
  }

  /** In English. */
  get lines(): readonly string[] {
    return this.linesIn('en');
  }

  linesIn(language: Language): readonly string[] {
    return linesOf(this.#lines, language);
  }
}

const linesOf = (lines: Lines, language: Language): readonly string[] =>
  typeof lines === 'function' ? lines(language) : lines.map((line) => inLanguage(line, language));

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

  constructor(code: string, lines: Lines, problem?: ApiProblem) {
    super(lines);
    this.code = code;
    this.problem = problem;
  }
}
