import type { Language } from '../../error-texts.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The language of errors and questions: that of MO_CDC_LANG, or Chinese if the locale of the messages asks for it. */
export function languageOf(env: Environment): Language {
  const first = (...names: readonly string[]): string => names.map((name) => env[name] ?? '').find(Boolean) ?? '';
  const chosen = first('MO_CDC_LANG');
  if (chosen !== '') return isChinese(chosen) ? 'zh' : 'en';
  // The tool writes UTF-8. A terminal of another charset, such as GBK, would show other characters than those meant,
  // but it shows English. A locale without a charset, as `zh_CN`, has an old one of its country.
  const isUnicode = /utf-?8/iu.test(first('LC_ALL', 'LC_CTYPE', 'LANG'));
  return isUnicode && isChinese(first('LC_ALL', 'LC_MESSAGES', 'LANG')) ? 'zh' : 'en';
}

const isChinese = (locale: string): boolean => /^zh(?:$|[-_.@])/iu.test(locale);
