import { expect, it } from 'vitest';
import { readDoc } from '../../support/doc-files.ts';

it('README.md has 200 lines at most', async () => {
  expect((await readDoc('README.md')).trimEnd().split('\n').length).toBeLessThanOrEqual(200);
});
