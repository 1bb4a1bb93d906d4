/** The text of a page without its blocks of code: nothing in them is a link or a title. */
export const withoutBlocks = (page: string): string => page.replaceAll(/^```[\s\S]*?^```$/gmu, '');

const codeSpans = (text: string): string[] => [...text.matchAll(/`([^`]+)`/gu)].map(([, code = '']) => code);

/** The texts in backticks outside blocks of code. */
export const inlineCode = (page: string): string[] =>
  codeSpans(withoutBlocks(page)).map((code) => code.replaceAll(/\s+/gu, ' '));

/** The lines of blocks of code. A line that ends with a backslash is joined with the next one. */
export const blockLines = (page: string): string[] =>
  [...page.matchAll(/^```\w*\n([\s\S]*?)^```$/gmu)].flatMap(([, block = '']) =>
    block.replaceAll(/\\\n\s*/gu, ' ').split('\n'),
  );

/** The targets of links and images. */
export const linksOf = (page: string): string[] =>
  [
    ...withoutBlocks(page)
      .replaceAll(/`[^`]*`/gu, '')
      .matchAll(/\]\(([^)\s]+)\)/gu),
  ].map(([, target = '']) => target);

/** The anchors of titles, as GitHub makes them. If a title comes again, its anchor gets a number. */
export function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>();
  return [...withoutBlocks(page).matchAll(/^#+ (.*)$/gmu)].map(([, title = '']) => {
    const anchor = title
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/gu, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
}
