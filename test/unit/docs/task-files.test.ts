import { expect, it } from 'vitest';
import { readTaskFile } from '../../../lib/cli/declared/read-task-file.ts';
import { docFiles, readDoc } from '../../support/doc-files.ts';

/** The blocks of YAML that declare tasks for `mo_cdc apply`, each with the page that it is from. */
async function taskFiles(): Promise<[page: string, text: string][]> {
  const found: [string, string][] = [];
  for (const page of await docFiles()) {
    const blocks = (await readDoc(page)).matchAll(/^```yaml\n([\s\S]*?)^```$/gmu);
    found.push(...[...blocks].map(([, text = '']): [string, string] => [page, text]));
  }
  return found.filter(([, text]) => text.includes('taskName:'));
}

/** Every variable has a value. */
const env = new Proxy({}, { get: () => 'continuous' });

const files = await taskFiles();

it('there are files of tasks in the documents', () => {
  expect(files.length).toBeGreaterThan(0);
});

it.each(files)('a file of tasks in %s is one that apply takes', (page, text) => {
  const { tasks, problems } = readTaskFile(page, text, env);
  expect(problems).toEqual([]);
  expect(tasks.length).toBeGreaterThan(0);
});
