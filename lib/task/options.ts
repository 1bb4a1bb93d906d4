import type { OptionKind, ValueOf } from './option-kinds.ts';
import { OPTIONS } from './option-table.ts';

export type OptionName = keyof typeof OPTIONS;

/** How a task is to work: what each row of the table may be set to. */
export type TaskOptions = { readonly [Name in OptionName]: ValueOf<(typeof OPTIONS)[Name]> };

export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];

export const optionKind = (name: OptionName): OptionKind => OPTIONS[name];

/** One thing for each option, made from its row. */
export const eachOption = <T>(make: (kind: OptionKind, name: OptionName) => T): Record<OptionName, T> =>
  Object.fromEntries(OPTION_NAMES.map((name) => [name, make(OPTIONS[name], name)])) as Record<OptionName, T>;

/** A test holds that every row's default is of its type. */
export const DEFAULT_OPTIONS = eachOption((kind) => kind.default) as TaskOptions;

/** What decides how a task begins, and cannot be changed later. */
export const FIXED_OPTIONS: readonly OptionName[] = OPTION_NAMES.filter((name) => optionKind(name).fixed === true);
