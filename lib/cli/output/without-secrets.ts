import { maskLogins } from '../../mask-logins.ts';
import { maskUri } from '../../task/uri/database-uri.ts';

/** Shorter arguments are not masked: they are hardly passwords, and they would match by chance. */
const SHORTEST = 4;

/**
 * Removes logins from a text that may quote what the user typed. It masks everything that looks like a URI, and
 * everything that looks like a part of a URI that the shell has split at spaces.
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
