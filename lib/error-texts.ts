import { REQUESTS_ZH } from './error-catalogue/zh/requests.ts';
import { RUNNING_ZH } from './error-catalogue/zh/running.ts';
import { SINK_ZH } from './error-catalogue/zh/sink.ts';
import { SOURCE_ZH } from './error-catalogue/zh/source.ts';
import type { ErrorText } from './error-catalogue/zh/text.ts';
import { ERRORS, type ErrorCode } from './error-codes.ts';

/** Every error in Chinese. The API speaks English: the command line tool and the console translate by the code. */
export const ERRORS_ZH: Readonly<Record<ErrorCode, ErrorText>> = {
  ...REQUESTS_ZH,
  ...SOURCE_ZH,
  ...SINK_ZH,
  ...RUNNING_ZH,
};

export type Language = 'en' | 'zh';

const isKnown = (code: string): code is ErrorCode => Object.hasOwn(ERRORS_ZH, code);

/** What an error means, in a word; undefined in English, where the message says it, and for codes of other versions. */
export const errorTitle = (code: string, language: Language): string | undefined =>
  language === 'zh' && isKnown(code) ? ERRORS_ZH[code].title : undefined;

/** An action in the language. One that is not the catalogue's own, as of another version, stays as it is. */
export const errorAction = (code: string, action: string, language: Language): string =>
  language === 'zh' && isKnown(code) && ERRORS[code].action === action ? ERRORS_ZH[code].action : action;
