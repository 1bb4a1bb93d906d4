/** The fields that every row has, besides type, range and default. */
interface Said {
  /** For the API, the command line and the docs: lower case, no full stop, names and values in backticks. */
  readonly help: string;
  /** The help of the flag `--no-<flag>` by which `task edit` unsets the option. Without it there is no such flag. */
  readonly unset?: string;
  /** True: the option decides how the task begins, so an edit cannot change it. */
  readonly fixed?: true;
  /** True: stored tasks may be older than the option. A task without it has the default. */
  readonly oldTasksLackIt?: true;
}

/** The flag on the command line. A switch whose flag begins with `--no-` is true if the flag is given. */
export type Flag = `--${string}`;

interface Common extends Said {
  readonly flag: Flag;
}

/** One of a few words. */
export interface Choice<Word extends string = string> extends Common {
  readonly type: 'choice';
  readonly choices: readonly Word[];
  readonly default: Word;
}

export type Unit = 'milliseconds' | 'bytes' | 'rows' | 'workers';

/** A whole number from `least` to `most`. If the default is null, null means no limit. */
export interface Amount<Default extends number | null = number | null> extends Common {
  readonly type: 'amount';
  readonly unit: Unit;
  readonly least: number;
  readonly most: number;
  readonly default: Default;
}

export interface Switch extends Common {
  readonly type: 'switch';
  readonly default: boolean;
}

/** A time, stored as ISO 8601 in UTC. A start is rounded down to a whole millisecond, an end is rounded up. */
export interface Time extends Common {
  readonly type: 'time';
  readonly as: 'start' | 'end';
  readonly default: null;
}

export type OptionKind = Choice | Amount | Switch | Time;

/** The values that an option of this kind can have. */
export type ValueOf<Kind> =
  Kind extends Choice<infer Word>
    ? Word
    : Kind extends Amount<infer Default>
      ? number | Extract<Default, null>
      : Kind extends Switch
        ? boolean
        : string | null;

export const choice = <const Word extends string>(
  flag: Flag,
  choices: readonly Word[],
  byDefault: NoInfer<Word>,
  said: Said,
): Choice<Word> => ({ type: 'choice', flag, choices, default: byDefault, ...said });

export const amount = <Default extends number | null>(
  flag: Flag,
  unit: Unit,
  [least, most]: readonly [least: number, most: number],
  byDefault: Default,
  said: Said,
): Amount<Default> => ({ type: 'amount', flag, unit, least, most, default: byDefault, ...said });

export const toggle = (flag: Flag, said: Said): Switch => ({ type: 'switch', flag, default: false, ...said });

export const time = (flag: Flag, as: Time['as'], said: Said): Time => ({
  type: 'time',
  flag,
  as,
  default: null,
  ...said,
});
