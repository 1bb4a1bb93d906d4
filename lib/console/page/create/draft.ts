import type { OptionKind } from '../../../task/option-kinds.ts';
import { OPTION_NAMES, optionKind, type OptionName } from '../../../task/options.ts';
import { lines, pairs } from '../data/lines.ts';

/** What the user has typed into the form of a new task. */
export interface Draft {
  readonly taskName: string;
  readonly sourceUri: string;
  readonly sinkType: string;
  readonly sinkUri: string;
  readonly level: string;
  /** One `source` or `source:sink` a line. */
  readonly tables: string;
  readonly databases: string;
  /** One pattern a line. */
  readonly exclude: string;
  readonly options: OptionTexts;
}

/** Options as texts; without one, the option is as usual, or stays as it is. */
export type OptionTexts = Readonly<Partial<Record<OptionName, string>>>;

/** For options that may have no value: this text takes it away. */
export const NONE = 'none';

export const EMPTY_DRAFT: Draft = {
  taskName: '',
  sourceUri: '',
  sinkType: 'matrixone',
  sinkUri: '',
  level: 'table',
  tables: '',
  databases: '',
  exclude: '',
  options: {},
};

/** The values of options. What is no number stays a text, so that the API says what is wrong with it. */
export function optionValues(texts: OptionTexts): Partial<Record<OptionName, unknown>> {
  const values: Partial<Record<OptionName, unknown>> = {};
  for (const name of OPTION_NAMES) {
    const text = texts[name]?.trim() ?? '';
    if (text !== '') values[name] = valueOf(optionKind(name), text);
  }
  return values;
}

function valueOf({ type }: OptionKind, text: string): unknown {
  if (type === 'choice') return text;
  if (type === 'switch') return text === 'true';
  if (text === NONE) return null;
  return type === 'amount' && /^\d+$/u.test(text) ? Number(text) : text;
}

/** The body of POST /tasks. */
export function createBody(draft: Draft) {
  const { taskName, sourceUri, sinkType, sinkUri, level, tables, databases } = draft;
  const options = optionValues(draft.options);
  const exclude = lines(draft.exclude);
  return {
    ...{ taskName, sourceUri, sinkType, sinkUri, level },
    ...(level === 'table' ? { tables: pairs(tables) } : {}),
    ...(level === 'database' ? { databases: pairs(databases) } : {}),
    ...(level !== 'table' && exclude.length > 0 ? { exclude } : {}),
    ...(Object.keys(options).length > 0 ? { options } : {}),
  };
}
