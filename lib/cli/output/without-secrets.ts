import { maskLogins } from '../../mask-logins.ts';
import { maskUri } from '../../task/uri/database-uri.ts';

/** Shorter ones are no password, and occur by chance. */
const SHORTEST = 4;

/**
 * A text that may quote what was typed, without the logins in it: whatever looks like a URI, or like a part of one that the
 * shell has taken apart at its spaces.
 */
export function withoutSecrets(text: string, args: readonly string[]): string {
  const typed = secretsAmong(args).toSorted((a, b) => b.length - a.length);
  return maskLogins(typed.reduce((rest, each) => rest.replaceAll(each, () => maskUri(each)), text));
}

function secretsAmong(args: readonly string[]): string[] {
  let within = false;
  return args
    .map((arg) => (arg.startsWith('--') && arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : arg))
    .filter((value) => {
      const begins = value.includes('://');
      const isPart = within || begins || value.includes('@');
      within = (within || begins) && !value.includes('@');
      return isPart && value.length >= SHORTEST && !value.startsWith('--');
    });
}
