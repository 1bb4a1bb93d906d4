/** What an option says besides its type, range and default. */
interface Said {
  /** For the API, the command line and the docs: lower case, no full stop, names and values in backticks. */
  readonly help: string;
  /** `task edit` takes the value back by `--no-<flag>`: the help of that flag. */
  readonly unset?: string;
  /** It decides how the task begins: an edit cannot change it. */
  readonly fixed?: true;
  /** Stored tasks may be older than the option: those that lack it have the default. */
  readonly oldTasksLackIt?: true;
}

/** What the command line calls it. A switch whose flag begins with `--no-` is true when the flag is given. */
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

/** A whole number from `least` to `most`; where null is the default, null means no limit. */
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

/** A moment, stored as ISO 8601 in UTC. Fractions of a millisecond are rounded down for a start, up for an end. */
export interface Time extends Common {
  readonly type: 'time';
  readonly as: 'start' | 'end';
  readonly default: null;
}

export type OptionKind = Choice | Amount | Switch | Time;

/** What an option of this kind can be set to. */
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
