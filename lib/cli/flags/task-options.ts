import { Option } from 'commander';
import type { Amount, OptionKind } from '../../task/option-kinds.ts';
import { OPTIONS } from '../../task/option-table.ts';
import { eachOption, OPTION_NAMES, optionKind, type OptionName } from '../../task/options.ts';
import { frequency, milliseconds, wholeNumber } from './option-values.ts';

/**
 * The flags of `task create`: one for each option. The help names the defaults, but the tool does not send them: the
 * API decides.
 */
export const taskOptions = (): Option[] => [
  frequencyFlag(),
  ...OPTION_NAMES.map(optionKind).map((kind) => optionFlag(kind, usual(kind))),
];

/**
 * The flags of `task edit`. An option without a flag stays as it is. An option that may be unset has a `--no-` flag.
 */
export const optionChanges = (): Option[] => {
  const kinds = OPTION_NAMES.map(optionKind).filter(({ fixed }) => fixed !== true);
  return [
    frequencyFlag(),
    ...kinds.map((kind) => optionFlag(kind)),
    ...kinds.flatMap(({ flag, unset }) => (unset === undefined ? [] : new Option(inverse(flag), unset))),
  ];
};

/** mo_cdc's flag that sets two options at once: mode `tick`, and the interval. */
const frequencyFlag = (): Option =>
  new Option('--frequency <interval>', 'one window every <n>m or <n>h, instead of looking at the source all the time')
    .argParser(frequency)
    .conflicts([OPTIONS.mode, OPTIONS.pollIntervalMs].map(({ flag }) => keyOf(flag)));

function optionFlag(kind: OptionKind, more = ''): Option {
  const { flag } = kind;
  const help = `${spoken(kind.help)}${more}`;
  switch (kind.type) {
    case 'choice':
      return new Option(`${flag} <what>`, help).choices(kind.choices);
    case 'amount':
      return new Option(`${flag} <${PLACEHOLDERS[kind.unit]}>`, help).argParser(
        kind.unit === 'milliseconds' ? milliseconds : wholeNumber,
      );
    case 'switch':
      return new Option(flag, help);
    case 'time':
      return new Option(`${flag} <time>`, `${help}: YYYY-MM-DD HH:MM:SS, in UTC unless an offset follows`);
  }
}

const PLACEHOLDERS: Readonly<Record<Amount['unit'], string>> = {
  milliseconds: 'duration',
  bytes: 'bytes',
  rows: 'number',
  workers: 'number',
};

function usual(kind: OptionKind): string {
  if (kind.type === 'switch' || kind.default === null) return '';
  return ` (default ${kind.default}${kind.type === 'amount' && kind.unit === 'milliseconds' ? 'ms' : ''})`;
}

/** A help text of the table for the terminal, where an option is called by its flag. */
const spoken = (help: string): string =>
  help.replaceAll(/`([^`]+)`/gu, (_, word: string) => (isOption(word) ? OPTIONS[word].flag : word));

const isOption = (word: string): word is OptionName => Object.hasOwn(OPTIONS, word);

const inverse = (flag: string): string => flag.replace(/^--/u, '--no-');

/** The key under which commander stores the value of a flag. */
const keyOf = (flag: string): string => new Option(flag).attributeName();

/** The options that the flags set, in the form that the API takes. Undefined options do not appear in JSON. */
export function chosenOptions(flags: object): Readonly<Partial<Record<OptionName, unknown>>> {
  const given = new Map<string, unknown>(Object.entries(flags));
  const interval = given.get('frequency');
  return {
    ...eachOption((kind) => chosen(kind, given.get(keyOf(kind.flag)))),
    ...(interval === undefined ? {} : { mode: 'tick', pollIntervalMs: interval }),
  };
}

/** For a flag `--no-…`, commander stores false if it was given, and true if not. */
function chosen({ type, flag }: OptionKind, value: unknown): unknown {
  if (type !== 'switch') return value === false ? null : value;
  if (!flag.startsWith('--no-')) return value;
  return value === false ? true : undefined;
}
