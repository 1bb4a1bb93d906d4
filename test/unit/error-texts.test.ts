import { expect, it } from 'vitest';
import { type ErrorCode, ERRORS } from '../../lib/error-codes.ts';
import { errorAction, errorTitle, ERRORS_ZH } from '../../lib/error-texts.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];
/** What has to be written as it is: statements and commands, flags, fields, settings of URIs, documents, products. */
const codeIn = (text: string): string[] =>
  [
    ...new Set(
      text.match(
        /`[^`]+`|--[a-z][a-z-]*|\b[a-z]+[A-Z]\w*|\?tls=\w+|tls-?\w*=[\w-]*|docs\/[\w/]+\.md|\b[a-z]+_[a-z_]+\b|[A-Z]{2,}\w*/gu,
      ),
    ),
  ].toSorted();

it('every error has a text in Chinese, and no other', () => {
  expect(Object.keys(ERRORS_ZH).toSorted()).toEqual(CODES.toSorted());
  for (const code of CODES) {
    expect(ERRORS_ZH[code].title, code).toMatch(/\p{Script=Han}/u);
    expect(ERRORS_ZH[code].action, code).toMatch(/\p{Script=Han}.*[。]$/u);
  }
});

it.each(CODES)('the action of %s names the same commands, options and fields', (code) => {
  expect(codeIn(ERRORS_ZH[code].action)).toEqual(codeIn(ERRORS[code].action));
});

it('errors that are different are called different', () => {
  expect(new Set(CODES.map((code) => ERRORS_ZH[code].title)).size).toBe(CODES.length);
});

it('translates the actions of the catalogue, and no others', () => {
  expect(errorAction('SINK_FULL', ERRORS.SINK_FULL.action, 'zh')).toBe(ERRORS_ZH.SINK_FULL.action);
  expect(errorAction('SINK_FULL', ERRORS.SINK_FULL.action, 'en')).toBe(ERRORS.SINK_FULL.action);
  expect(errorAction('SINK_FULL', 'Something else.', 'zh')).toBe('Something else.');
  expect(errorAction('toString', 'Something else.', 'zh')).toBe('Something else.');
  expect(errorTitle('SINK_FULL', 'en')).toBeUndefined();
  expect(errorTitle('toString', 'zh')).toBeUndefined();
});
