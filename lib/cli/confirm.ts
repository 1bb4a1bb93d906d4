import { CliError, UsageError } from './client/cli-error.ts';
import type { Confirm } from './client/command-world.ts';

/** `ask` shows a question at a terminal and returns the answer; undefined if there is no terminal. */
export const confirmWith =
  (ask: ((question: string) => Promise<string>) | undefined): Confirm =>
  async (question, sure) => {
    if (sure) return;
    if (ask === undefined) throw new UsageError([`${question} Nobody can be asked here: add --yes if you are sure.`]);
    const answer = (await ask(`${question} [y/N] `)).trim().toLowerCase();
    if (answer !== 'y' && answer !== 'yes') throw new CliError(['Nothing was done.']);
  };
