import { useState } from 'preact/hooks';
import type { Route } from './data/route.ts';
import { useScope, useWatch } from './parts/scope.ts';
import { applyTheme, readTheme, saveLanguage, saveTheme, THEMES } from './settings.ts';
import { type Language, LANGUAGE_NAMES } from './texts/translate.ts';

interface Props {
  readonly language: Language;
  readonly onLanguage: (language: Language) => void;
  readonly page: Route['page'];
}

export function Header({ language, onLanguage, page }: Props) {
  const { t } = useScope();
  const { endpoint } = useWatch();
  const link = (to: 'tasks' | 'create', hash: string, text: string) => (
    <a href={hash} {...(page === to ? { 'aria-current': 'page' as const } : {})}>
      {text}
    </a>
  );
  return (
    <header>
      <a class="skip" href={location.hash} onClick={skip}>
        {t('app.skip')}
      </a>
      <span class="brand">
        {t('app.title')} <small>{endpoint}</small>
      </span>
      <nav aria-label={t('app.title')}>
        {link('tasks', '#/', t('app.tasks'))}
        {link('create', '#/create', t('app.create'))}
      </nav>
      <ThemeChoice />
      <select
        aria-label={t('app.language')}
        value={language}
        onChange={(event) => {
          const chosen = event.currentTarget.value === 'zh' ? 'zh' : 'en';
          saveLanguage(chosen);
          onLanguage(chosen);
        }}
      >
        {Object.entries(LANGUAGE_NAMES).map(([each, name]) => (
          <option key={each} value={each} lang={each}>
            {name}
          </option>
        ))}
      </select>
    </header>
  );
}

function ThemeChoice() {
  const { t } = useScope();
  const [theme, setTheme] = useState(readTheme());
  return (
    <select
      aria-label={t('app.theme')}
      value={theme}
      onChange={(event) => {
        const chosen = THEMES.find((each) => each === event.currentTarget.value) ?? 'auto';
        saveTheme(chosen);
        applyTheme(chosen);
        setTheme(chosen);
      }}
    >
      {THEMES.map((each) => (
        <option key={each} value={each}>
          {t(`theme.${each}`)}
        </option>
      ))}
    </select>
  );
}

/** The address stays as it is, because what is behind its # names the place. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
