import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chooseLanguage, LANGUAGES, translator } from '../../../lib/console/page/texts/translate.ts';

const { en, ...others } = LANGUAGES;
const valuesIn = (text: string): string[] => (text.match(/\{\w+\}/gu) ?? []).sort();

it.each(Object.entries(others))('the texts of %s have the keys and the values of the English ones', (_, texts) => {
  expect(Object.keys(texts)).toEqual(Object.keys(en));
  for (const [key, text] of Object.entries(texts)) {
    expect([key, valuesIn(text)]).toEqual([key, valuesIn(en[key as keyof typeof en])]);
  }
});

it.each(Object.entries(others))('every text of %s is translated', (_, texts) => {
  const same = Object.entries(texts).filter(([key, text]) => text === en[key as keyof typeof en]);
  expect(same.map(([key]) => key)).toEqual(['app.title', 'timeline.state']);
});

it('every text is used', async () => {
  const dir = 'lib/console/page';
  const files = (await readdir(dir, { recursive: true })).filter((file) => /\.tsx?$/u.test(file));
  const code = await Promise.all(
    files.filter((file) => !file.startsWith('texts')).map((file) => readFile(join(dir, file), 'utf8')),
  );
  const all = code.join('\n');
  // Some are put together: `state.${state}`.
  const stems = new Set([...all.matchAll(/`([\w.]+\.)\$\{[\w.]+\}(\w*)`/gu)].map(([, stem]) => stem));
  const unused = Object.keys(en).filter((key) => !all.includes(`'${key}'`) && !stems.has(key.replace(/\w+$/u, '')));
  expect(unused).toEqual([]);
});

it('fills in values, and writes numbers as the language does', () => {
  expect(translator('en')('list.shown', { shown: 1_234, count: 5_678 })).toBe('1,234 of 5,678 tasks');
  expect(translator('en')('task.gone', { name: '{name}$&' })).toContain('“{name}$&”');
});

it('takes the language that the user or the browser prefers', () => {
  expect(chooseLanguage(null, ['fr', 'zh-TW', 'en'])).toBe('zh');
  expect(chooseLanguage('en', ['zh'])).toBe('en');
  expect(chooseLanguage(null, ['de'])).toBe('en');
});
