import { en, type TextKey } from './en.ts';
import { zh } from './zh.ts';

export const LANGUAGES = { en, zh } satisfies Record<string, Readonly<Record<TextKey, string>>>;
export type Language = keyof typeof LANGUAGES;

/** The names of the languages, each in itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' };

export type Values = Readonly<Record<string, string | number>>;
export type Translate = (key: TextKey, values?: Values) => string;

/** Texts of one language, with `{name}` filled in. Numbers are written as the language writes them. */
export function translator(language: Language): Translate {
  const texts = LANGUAGES[language];
  const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  return (key, values = {}) =>
    texts[key].replaceAll(/\{(\w+)\}/gu, (whole, name: string) => {
      const value = values[name];
      return typeof value === 'number' ? numbers.format(value) : (value ?? whole);
    });
}

/** The user's choice, or the first language of the browser that there are texts in. */
export function chooseLanguage(chosen: string | null, preferred: readonly string[]): Language {
  const wanted = [...(chosen === null ? [] : [chosen]), ...preferred].map((tag) => tag.toLowerCase().split('-')[0]);
  return wanted.find((tag) => tag === 'en' || tag === 'zh') ?? 'en';
}
