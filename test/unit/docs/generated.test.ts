import { expect, it } from 'vitest';
import { generated, GENERATED_PAGES } from '../../scripts/generated-pages.ts';
import { docFiles, filesLike, readDoc } from '../../support/doc-files.ts';

it.each(GENERATED_PAGES)('%s is what the code says (else: npm run docs)', async (page) => {
  expect(await readDoc(page)).toBe(await generated(page));
});

it('docs/ has documents only, and their pictures', async () => {
  const files = await filesLike('docs/**/*.*');
  expect(files.length).toBeGreaterThan(10);
  const pages = (await Promise.all((await docFiles()).map(readDoc))).join('\n');
  const isShown = (file: string): boolean =>
    file.startsWith('docs/images/') && pages.includes(file.slice('docs/'.length));
  expect(files.filter((file) => !/\.(?:md|json)$/u.test(file) && !isShown(file))).toEqual([]);
});
