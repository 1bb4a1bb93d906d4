import { expect, it } from 'vitest';
import { DEFAULT_OPTIONS } from '../../../lib/task/task.ts';
import { readDoc } from '../../support/doc-files.ts';

it('README.md has 200 lines at most', async () => {
  expect((await readDoc('README.md')).trimEnd().split('\n').length).toBeLessThanOrEqual(200);
});

it('docs/reference/options.md has a row for every option, and for none that there is not', async () => {
  const page = await readDoc('docs/reference/options.md');
  const [, table = ''] = /<!-- options: begin\b[\s\S]*?-->([\s\S]*)<!-- options: end -->/u.exec(page) ?? [];
  const rows = [...table.matchAll(/^\| `(\w+)`/gmu)].map(([, name]) => name);
  expect(rows.toSorted()).toEqual(Object.keys(DEFAULT_OPTIONS).toSorted());
});
