import type { Language } from '../../error-texts.ts';
import { inLine } from '../output/printable.ts';
import type { TextKey } from '../texts/en.ts';
import { inLanguage, type Line, say } from '../texts/say.ts';

/** A heading, and a line for each problem, whatever a problem quotes. */
export const listed =
  (heading: TextKey, problems: readonly Line[]) =>
  (language: Language): string[] => [
    inLanguage(say(heading), language),
    ...problems.map((text) => inLine(inLanguage(say('list.item', { text }), language))),
  ];
