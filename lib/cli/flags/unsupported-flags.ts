import { UsageError } from '../client/cli-error.ts';
import type { TextKey } from '../texts/en.ts';
import { say } from '../texts/say.ts';

/**
 * Flags of mo_cdc that this tool does not support yet. It refuses them: if it ignored one, it would do something that
 * nobody asked for.
 */
const UNSUPPORTED: Readonly<Record<string, TextKey>> = {
  '--account': 'flag.account',
};

export function refuseUnsupported(args: readonly string[]): void {
  const lines = args.flatMap((arg) => {
    const [flag = ''] = arg.split('=');
    const instead = Object.hasOwn(UNSUPPORTED, flag) ? UNSUPPORTED[flag] : undefined;
    if (instead === undefined) return [];
    return [say('flag.unsupported', { flag, instead: say(instead) })];
  });
  if (lines.length > 0) throw new UsageError(lines);
}
