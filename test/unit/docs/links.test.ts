import { readFile, stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { docFiles, filesLike, readDoc, ROOT } from '../../support/doc-files.ts';
import { brokenLinks, brokenNames, namedPages, type ReadFile } from '../../support/doc-links.ts';
import { linksOf } from '../../support/markdown.ts';

const files = await docFiles();

const read: ReadFile = async (path) => {
  const url = new URL(path, ROOT);
  const found = await stat(url).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isDirectory() ? '' : await readFile(url, 'utf8');
};

it.each(files)('every link and every anchor of %s leads somewhere', async (file) => {
  expect(await brokenLinks(file, await readDoc(file), read)).toEqual([]);
});

it('finds the links of the pages, and says which lead nowhere', async () => {
  expect(linksOf(await readDoc('docs/README.md')).length).toBeGreaterThan(10);
  const page = '# One two\n[a](#one-two) [b](#three) [c](limits.md#sink) [d](limits.md#no) [e](gone.md) `[f](g.md)`\n';
  expect(
    await brokenLinks('docs/x.md', page, (path) => (path === 'docs/x.md' ? Promise.resolve(page) : read(path))),
  ).toEqual([
    'docs/x.md: #three: docs/x.md has no such title',
    'docs/x.md: limits.md#no: docs/limits.md has no such title',
    'docs/x.md: gone.md: there is no docs/gone.md',
  ]);
});

it('every page is in the index', async () => {
  const index = linksOf(await readDoc('docs/README.md'));
  const pages = files.filter((file) => file.startsWith('docs/') && file !== 'docs/README.md');
  expect(pages.map((file) => file.slice('docs/'.length)).filter((page) => !index.includes(page))).toEqual([]);
});

it('code, errors and alarms name pages and titles that there are', async () => {
  const patterns = ['{lib,functions,localstack,test}/**/*.{ts,md,yml}', '*.{yml,md,js,ts}', '.ci/*'];
  const names = new Set<string>();
  for (const file of await filesLike(...patterns)) {
    if (file.startsWith('test/unit/docs/')) continue;
    const text = await readDoc(file);
    for (const name of namedPages(text)) names.add(name);
    expect(await brokenNames(text, read), file).toEqual([]);
  }
  expect(names).toContain('docs/operations.md#heartbeatalarm');
});
