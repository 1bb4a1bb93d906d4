import { UsageError } from './cli-error.ts';

/** Flags of mo_cdc that this one does not know yet. To ignore them would be to do something else than was asked for. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  '--no-full': 'A task always begins with a full copy.',
  '--start-ts': 'A task begins with the state of its source when it first runs.',
  '--end-ts': 'A task goes on until it is paused or dropped.',
  '--error-handle-option': 'A task stops at an error that only a person can mend.',
  '--send-sql-timeout': 'A statement has as long as its worker runs.',
  '--max-sql-length': "Statements fit the sink's limit by themselves.",
  '--frequency': 'Use --poll-interval, or --mode tick.',
};

export function refuseUnsupported(args: readonly string[]): void {
  const lines = args.flatMap((arg) => {
    const flag = arg.split('=')[0] ?? '';
    const instead = Object.hasOwn(UNSUPPORTED, flag) ? UNSUPPORTED[flag] : undefined;
    return instead === undefined ? [] : [`The flag ${flag} of mo_cdc is not supported yet. ${instead}`];
  });
  if (lines.length > 0) throw new UsageError(lines);
}
