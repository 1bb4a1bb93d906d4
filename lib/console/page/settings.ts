import { chooseLanguage, type Language } from './texts/translate.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const LANGUAGE = 'mo_cdc.language';
const THEME = 'mo_cdc.theme';

/** The browser keeps them for this address, which has another port the next time; then the user's system decides. */
export const readLanguage = (): Language => chooseLanguage(localStorage.getItem(LANGUAGE), navigator.languages);

export function saveLanguage(language: Language): void {
  localStorage.setItem(LANGUAGE, language);
}

export function readTheme(): Theme {
  const saved = localStorage.getItem(THEME);
  return THEMES.find((theme) => theme === saved) ?? 'auto';
}

export function saveTheme(theme: Theme): void {
  localStorage.setItem(THEME, theme);
}

export function applyTheme(theme: Theme): void {
  document.documentElement.style.colorScheme = theme === 'auto' ? 'light dark' : theme;
}
