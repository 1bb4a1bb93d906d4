import { CliError, UsageError } from './client/cli-error.ts';
import type { Confirm } from './client/command-world.ts';
import type { Language } from '../error-texts.ts';
import { inLanguage, say } from './texts/say.ts';

/** `ask` shows a question at a terminal and returns the answer; undefined if there is no terminal. */
export const confirmWith =
  (ask: ((question: string) => Promise<string>) | undefined, language: Language): Confirm =>
  async (question, sure) => {
    if (sure) return;
    if (ask === undefined) throw new UsageError([say('ask.nobody', { question })]);
    const answer = (await ask(inLanguage(say('ask.yes', { question }), language))).trim().toLowerCase();
    if (answer !== 'y' && answer !== 'yes') throw new CliError([say('ask.no')]);
  };
