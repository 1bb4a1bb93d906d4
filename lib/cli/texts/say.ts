import type { Language } from '../../error-texts.ts';
import { en, type TextKey } from './en.ts';
import { zh } from './zh.ts';

const TEXTS = { en, zh } satisfies Record<Language, Readonly<Record<TextKey, string>>>;

/** A text of the tool before anybody knows in which language it will be read. */
export interface Saying {
  readonly key: TextKey;
  readonly values: Readonly<Record<string, Line | number>>;
}

/** A saying, or a text that is the same in every language. */
export type Line = string | Saying;

export const say = (key: TextKey, values: Saying['values'] = {}): Saying => ({ key, values });

/** The line in a language. */
export function inLanguage(line: Line, language: Language): string {
  if (typeof line === 'string') return line;
  return TEXTS[language][line.key].replaceAll(/\{(\w+)\}/gu, (whole, name: string) => {
    const value = line.values[name];
    return typeof value === 'number' ? String(value) : value === undefined ? whole : inLanguage(value, language);
  });
}

/** So many tasks. */
export const tasksSaid = (count: number): Saying => (count === 1 ? say('tasks.one') : say('tasks.several', { count }));
