import type { OptionKind, ValueOf } from './option-kinds.ts';
import { OPTIONS } from './option-table.ts';

export type OptionName = keyof typeof OPTIONS;

/** The options of a task: each name of the table with the type that its row allows. */
export type TaskOptions = { readonly [Name in OptionName]: ValueOf<(typeof OPTIONS)[Name]> };

export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];

export const optionKind = (name: OptionName): OptionKind => OPTIONS[name];

/** Makes one thing for each option, from its row of the table. */
export const eachOption = <T>(make: (kind: OptionKind, name: OptionName) => T): Record<OptionName, T> =>
  Object.fromEntries(OPTION_NAMES.map((name) => [name, make(OPTIONS[name], name)])) as Record<OptionName, T>;

/** A test checks that the default in every row has the type of the row. */
export const DEFAULT_OPTIONS = eachOption((kind) => kind.default) as TaskOptions;

/** The options that decide how a task begins. They cannot be changed later. */
export const FIXED_OPTIONS: readonly OptionName[] = OPTION_NAMES.filter((name) => optionKind(name).fixed === true);
