import { stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CliExample, cliExamples, cliFlags, complaintAbout, shellWords } from '../../support/cli-examples.ts';
import { docFiles, readDoc, ROOT } from '../../support/doc-files.ts';
import { blockLines, inlineCode } from '../../support/markdown.ts';

const files = await docFiles();

const complaints = async (examples: readonly CliExample[]): Promise<string[]> =>
  (await Promise.all(examples.map(complaintAbout))).filter((each) => each !== undefined);

describe('commands of mo_cdc in the documents', () => {
  it.each(files)('%s has only such as the command line tool takes', async (file) => {
    expect(await complaints(cliExamples(await readDoc(file)))).toEqual([]);
  });

  it('are found', async () => {
    expect(cliExamples(await readDoc('docs/reference/cli.md')).length).toBeGreaterThan(10);
    expect(cliExamples(await readDoc('README.md')).filter(({ whole }) => whole).length).toBeGreaterThan(3);
  });

  it.each(['docs/guide.md', 'docs/limits.md', 'docs/reference/cli.md', 'docs/reference/options.md'])(
    '%s speaks only of flags that there are',
    async (file) => {
      const codes = inlineCode(await readDoc(file)).filter((code) => code.startsWith('--'));
      const flags = codes.map((code) => code.split(/[ =]/u)[0]);
      expect(flags.length).toBeGreaterThan(0);
      expect(flags.filter((flag) => !cliFlags().includes(flag ?? ''))).toEqual([]);
    },
  );

  it.each([
    ['a command that there is not', '```sh\nmo_cdc task copy --task-name a\n```', /unknown command 'copy'/u],
    ['a flag that there is not', '`mo_cdc task edit --chunks 5`', /unknown option '--chunks'/u],
    ['a value that does not fit', '`mo_cdc task edit --chunk-rows many`', /whole number/u],
    ['a flag in the next line', '```sh\nnpx mo_cdc task pause \\\n    --everything\n```', /--everything/u],
    ['nothing to act upon', '```sh\nmo_cdc --stage prod task pause # now\n```', /--task-name/u],
    ['a flag that is missing', '```sh\nmo_cdc task create --task-name a\n```', /required option/u],
    ['a flag of the original mo_cdc', '`mo_cdc task create --account=a`', /not supported/u],
    ['a command in a sentence', 'Use mo_cdc task redo for it.', /unknown command 'redo'/u],
  ])('are refused for %s', async (_, page, complaint) => {
    const [found, ...others] = await complaints(cliExamples(page));
    expect(found).toMatch(complaint);
    expect(others).toEqual([]);
  });

  it('may have placeholders, and quotes as a shell knows them', async () => {
    const page = "```sh\nmo_cdc task edit --task-name … --new-source-uri 'mysql://root:<new>@h:1' | cat # it\n```";
    const words = ['task', 'edit', '--task-name', '…', '--new-source-uri', 'mysql://root:<new>@h:1'];
    expect(cliExamples(page)).toEqual([{ words, whole: true }]);
    expect(await complaints(cliExamples(page))).toEqual([]);
    expect(shellWords(`a "b c"'d' #e`)).toEqual(['a', 'b cd']);
    expect(cliExamples('`mo_cdc`, `mo_cdc.fence` and the mo_cdc daemon; `create mo_cdc`')).toEqual([]);
  });
});

describe('other commands and files in the documents', () => {
  it.each(files)('%s names only scripts of package.json', async (file) => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await readDoc('package.json')));
    const page = await readDoc(file);
    const named = [...blockLines(page), ...inlineCode(page)].flatMap((line) =>
      [...line.matchAll(/\bnpm run ([\w:-]+)/gu)].map(([, name = '']) => name),
    );
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it.each(files)('%s names only files and folders of the code that there are', async (file) => {
    const page = await readDoc(file);
    const paths = [...blockLines(page), ...inlineCode(page)].flatMap((line) =>
      [...line.matchAll(/(?<![\w./-])(?:lib|functions|test|localstack)\/[\w./-]*\w/gu)].map(([path]) => path),
    );
    const missing = await Promise.all(
      paths.map(async (path) => ((await stat(new URL(path, ROOT)).catch(() => undefined)) ? [] : [path])),
    );
    expect(missing.flat()).toEqual([]);
  });
});
