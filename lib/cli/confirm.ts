import { CliError, UsageError } from './client/cli-error.ts';

/**
 * Asks a question; throws unless the answer is yes. `sure`: somebody has answered already, by `--yes`. Where nobody can
 * be asked, as in a script, `--yes` is needed.
 */
export type Confirm = (question: string, sure: boolean) => Promise<void>;

/** `ask` shows a question at a terminal and returns the answer; undefined if there is no terminal. */
export const confirmWith =
  (ask: ((question: string) => Promise<string>) | undefined): Confirm =>
  async (question, sure) => {
    if (sure) return;
    if (ask === undefined) throw new UsageError([`${question} Nobody can be asked here: add --yes if you are sure.`]);
    const answer = (await ask(`${question} [y/N] `)).trim().toLowerCase();
    if (answer !== 'y' && answer !== 'yes') throw new CliError(['Nothing was done.']);
  };
