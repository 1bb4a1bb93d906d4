import { parseArgs } from 'node:util';

/** What the command line sets; what it leaves out is for each topic to say. */
export interface BenchOptions {
  /** Row counts, each a run of its own. */
  readonly rows: readonly number[] | undefined;
  readonly rounds: number | undefined;
  /** Changed rows, each a window of its own. */
  readonly changes: readonly number[] | undefined;
  readonly tables: number | undefined;
  readonly writes: number | undefined;
  /** Leave out the server's own CDC, which takes most of the time. */
  readonly withoutNative: boolean;
}

export interface BenchCommand {
  /** Empty for all. */
  readonly topics: readonly string[];
  readonly options: BenchOptions;
  readonly help: boolean;
}

export const USAGE = `npm run bench -- [topic …] [options]

  --rows 100k,1M,10M   rows of a table, each count a run of its own
  --rounds 3           how often every side is measured
  --changes 300k,10    changed rows of a window (apply, memory)
  --tables 1000        tables of the task (tables)
  --writes 60          single writes a round (lag)
  --without-native     leave out CREATE CDC
`;

/** Throws on what it does not know. */
export function parseCommand(args: readonly string[]): BenchCommand {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rows: { type: 'string' },
      rounds: { type: 'string' },
      changes: { type: 'string' },
      tables: { type: 'string' },
      writes: { type: 'string' },
      'without-native': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const number = (name: 'rounds' | 'tables' | 'writes'): number | undefined => {
    const text = values[name];
    return text === undefined ? undefined : count(text);
  };
  return {
    topics: positionals,
    help: values.help,
    options: {
      rows: values.rows?.split(',').map(count),
      rounds: number('rounds'),
      changes: values.changes?.split(',').map(count),
      tables: number('tables'),
      writes: number('writes'),
      withoutNative: values['without-native'],
    },
  };
}

/** `300000`, `300k`, `1M`: a whole number from 1 on. */
export function count(text: string): number {
  const found = /^(?<digits>\d+)(?<unit>[kM]?)$/u.exec(text.trim())?.groups;
  const value = Number(found?.['digits']) * ({ k: 1_000, M: 1_000_000 }[found?.['unit'] ?? ''] ?? 1);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`${text} is no count: use forms like 300000, 300k or 1M.`);
}
