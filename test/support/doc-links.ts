import { posix } from 'node:path';
import { anchorsOf, linksOf } from './markdown.ts';

/** Reads a file by its path in the repository: its text, `''` for a folder, undefined if there is none. */
export type ReadFile = (path: string) => Promise<string | undefined>;

const isElsewhere = (target: string): boolean => /^[a-z][a-z+.-]*:/iu.test(target);

/** Why the link `target` in the page `from` leads nowhere; undefined if it leads somewhere. */
async function flaw(from: string, target: string, read: ReadFile): Promise<string | undefined> {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : posix.join(posix.dirname(from), decodeURI(file));
  const page = await read(path);
  if (page === undefined) return `${from}: ${target}: there is no ${path}`;
  const found = anchor === undefined || (path.endsWith('.md') && anchorsOf(page).includes(anchor));
  return found ? undefined : `${from}: ${target}: ${path} has no such title`;
}

async function flaws(from: string, targets: readonly string[], read: ReadFile): Promise<string[]> {
  const found = await Promise.all(targets.map((target) => flaw(from, target, read)));
  return found.filter((each) => each !== undefined);
}

/** The links of a page that lead nowhere within the repository. */
export const brokenLinks = async (path: string, page: string, read: ReadFile): Promise<string[]> =>
  await flaws(
    path,
    linksOf(page).filter((target) => !isElsewhere(target)),
    read,
  );

/** The pages of docs/ that a text, such as an error or an alarm, names by their path from the root. */
export const namedPages = (text: string): string[] =>
  [...text.matchAll(/(?<![\w./-])docs\/[\w/-]+\.(?:md|json|ts)(?:#[\w-]+)?/gu)].map(([page]) => page);

export const brokenNames = async (text: string, read: ReadFile): Promise<string[]> =>
  await flaws('', namedPages(text), read);
