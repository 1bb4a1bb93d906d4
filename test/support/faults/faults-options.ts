import { parseArgs } from 'node:util';
import { LIVE_MODES, type LiveMode } from './live/live-task.ts';

export interface FaultsOptions {
  readonly memory: boolean;
  readonly live: boolean;
  /** Plays one of this many live faults. */
  readonly every: number;
  /** Plays the live faults from this number on, as they are counted when they begin. */
  readonly from: number;
  /** The number of tasks at the same time. Each has workers of its own. */
  readonly tasks: number;
  /** The mode of these tasks. */
  readonly mode: LiveMode;
  readonly help: boolean;
}

export const USAGE = `npm run faults -- [memory] [live] [options]

  memory       every passage of every story, both ends and the store in memory
  live         worker processes between databases, really killed and stopped, at every call and every statement to the sink
  --every 9    one of nine live faults only, at other points for each kind
  --from 900   live: go on at this fault, where an earlier run was ended
  --tasks 3    live: so many tasks at once
  --mode tick  live: ${LIVE_MODES.join(' or ')}; the stories in memory have all modes
`;

/** Runs both parts unless the arguments name one. Throws if it does not know an argument. */
export function parseFaults(args: readonly string[]): FaultsOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      every: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      tasks: { type: 'string', default: '3' },
      mode: { type: 'string', default: 'tick' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const unknown = positionals.find((word) => word !== 'memory' && word !== 'live');
  if (unknown !== undefined) throw new Error(`There is nothing called ${unknown}.\n\n${USAGE}`);
  const mode = LIVE_MODES.find((each) => each === values.mode);
  if (mode === undefined) throw new Error(`There is no mode ${values.mode} of live faults.`);
  const wants = (part: string): boolean => positionals.length === 0 || positionals.includes(part);
  return {
    memory: wants('memory'),
    live: wants('live'),
    every: atLeast(1, values.every),
    from: atLeast(0, values.from),
    tasks: atLeast(1, values.tasks),
    mode,
    help: values.help,
  };
}

function atLeast(least: number, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`${text} is no whole number from ${least} on.`);
}
