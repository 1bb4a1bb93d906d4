import { CliError, RefusedError, TASK_NOT_FOUND } from '../cli/client/cli-error.ts';
import { type Answer, json } from './answer.ts';

/** One reason why something was refused, and the field that it is about. */
export interface TroubleComplaint {
  readonly code: string;
  readonly setting: string;
  readonly found: string;
  readonly action: string;
}

/** How the page learns that something did not work. */
export interface Trouble {
  /** The code of the API's error; empty if the API has not answered, or has not said a code. */
  readonly code: string;
  /** False if nobody could be asked: the API is away, or answers something else. */
  readonly answered: boolean;
  readonly message: string;
  readonly action: string;
  readonly complaints: readonly TroubleComplaint[];
}

export function troubleAnswer(error: unknown): Answer {
  if (error instanceof RefusedError) {
    const { code, problem, lines } = error;
    const message = problem?.detail ?? lines.join(' ');
    const { action = '', complaints = [] } = problem ?? {};
    return trouble(code === TASK_NOT_FOUND ? 404 : 409, { code, answered: code !== '', message, action, complaints });
  }
  const message = error instanceof CliError ? error.lines.join(' ') : 'The console itself has failed.';
  return trouble(502, { code: '', answered: false, message, action: '', complaints: [] });
}

const trouble = (status: number, body: Trouble): Answer => json(status, body);
