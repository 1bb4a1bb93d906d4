import { UsageError } from '../client/cli-error.ts';

/**
 * Flags of mo_cdc that this tool does not support yet. It refuses them: if it ignored one, it would do something that
 * nobody asked for.
 */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  '--account': 'Name the account in the source URI: mysql://account#user:password@host:port.',
};

export function refuseUnsupported(args: readonly string[]): void {
  const lines = args.flatMap((arg) => {
    const [flag = ''] = arg.split('=');
    const instead = Object.hasOwn(UNSUPPORTED, flag) ? UNSUPPORTED[flag] : undefined;
    if (instead === undefined) return [];
    return [`The flag ${flag} of mo_cdc is not supported yet. ${instead}`];
  });
  if (lines.length > 0) throw new UsageError(lines);
}
