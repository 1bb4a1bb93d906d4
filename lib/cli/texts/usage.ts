import type { Language } from '../../error-texts.ts';
import { en, type TextKey } from './en.ts';
import { inLanguage, type Line, say, type Saying } from './say.ts';

/** The texts that commander says in English, and those that it says with them. */
const RECOGNIZED = (Object.keys(en) as TextKey[]).filter((key) => key.startsWith('usage.') || key.startsWith('value.'));

/** A text of commander about a wrong command line. What is not recognized stays English. */
export function usageIn(text: string, language: Language): string {
  const [, message] = /^error: (.*)\n$/su.exec(text) ?? [];
  if (language === 'en' || message === undefined) return text;
  return `${inLanguage(say('error', { text: recognized(message) }), language)}\n`;
}

function recognized(text: string): Line {
  for (const key of RECOGNIZED) {
    const values = valuesOf(en[key], text);
    if (values !== undefined) return say(key, partsOf(values));
  }
  return text;
}

/** Some values are texts themselves. */
const partsOf = (found: Readonly<Record<string, string>>): Saying['values'] =>
  Object.fromEntries(
    Object.entries(found).map(([name, value]) => [
      name,
      name === 'reason' || name === 'suggestion' ? recognized(value) : value,
    ]),
  );

/** What stands in the text where the template has `{name}`; undefined if the text is another one. */
function valuesOf(template: string, text: string): Record<string, string> | undefined {
  const [start = '', ...parts] = template.split(/\{(\w+)\}/u);
  const values: Record<string, string> = {};
  if (!text.startsWith(start)) return undefined;
  let rest = text.slice(start.length);
  for (let at = 0; at < parts.length; at += 2) {
    const [name = '', literal = ''] = parts.slice(at);
    const isLast = at + 2 === parts.length;
    const end = isLast ? rest.length - literal.length : rest.indexOf(literal);
    if (end < 0 || !rest.startsWith(literal, end)) return undefined;
    values[name] = rest.slice(0, end);
    rest = rest.slice(end + literal.length);
  }
  return rest === '' ? values : undefined;
}
