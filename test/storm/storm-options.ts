import { parseArgs } from 'node:util';
import { PROFILE_NAMES, type ProfileName } from './profiles.ts';

export interface StormOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly profile: ProfileName;
  /** How many times as fast as real time the product's clock goes. */
  readonly pace: number;
  /** A command that kills and starts the real servers; only where the environment names such. */
  readonly restart: string | undefined;
  /** Does the source merge and collect its history during each pause of the task? */
  readonly compact: boolean;
}

export const USAGE = `npm run storm -- [options]

  --minutes 10         how long faults and writes go on
  --seed N             repeats the choices of an earlier run
  --profile ${PROFILE_NAMES.join('|')}
  --pace 3             how many times faster than time leases and waits go
  --restart COMMAND    kills and starts the servers that the environment names, once in four minutes
  --compact            the source merges its tables and collects their history during each pause of the task
`;

/** Throws on what it does not know. */
export function parseStorm(args: readonly string[]): StormOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string' },
      profile: { type: 'string', default: 'tables' },
      pace: { type: 'string', default: '3' },
      restart: { type: 'string' },
      compact: { type: 'boolean', default: false },
    },
  });
  const profile = PROFILE_NAMES.find((name) => name === values.profile);
  if (profile === undefined) throw new Error(`There is no profile ${values.profile}.`);
  return {
    minutes: positive(values.minutes),
    seed: values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : positive(values.seed),
    profile,
    pace: positive(values.pace),
    restart: values.restart,
    compact: values.compact,
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new Error(`${text} is no number above 0.`);
}

/** What is to be typed to have the same again. */
export const replayOf = ({ minutes, seed, profile, pace, restart, compact }: StormOptions): string =>
  [
    `npm run storm -- --seed ${seed} --profile ${profile} --minutes ${minutes} --pace ${pace}`,
    ...(restart === undefined ? [] : [`--restart '${restart}'`]),
    ...(compact ? ['--compact'] : []),
  ].join(' ');
