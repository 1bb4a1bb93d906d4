import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { z } from 'zod';

const locked = z.object({
  packages: z.record(
    z.string(),
    z.object({
      integrity: z.string().optional(),
      hasInstallScript: z.boolean().optional(),
      inBundle: z.boolean().optional(),
    }),
  ),
});
const manifest = z.object({ allowScripts: z.record(z.string(), z.boolean()) });

const read = async <T>(file: string, schema: z.ZodType<T>): Promise<T> =>
  schema.parse(JSON.parse(await readFile(file, 'utf8')));

// npm 11 runs by name what is allowed there; older ones run whatever the lock file says, which only this test looks at.
it('no package runs a script when it is installed, but those that are known by name', async () => {
  const { packages } = await read('package-lock.json', locked);
  const { allowScripts } = await read('package.json', manifest);
  const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
  const names = scripted.map(([path]) => path.replace(/^.*node_modules\//u, ''));
  expect(names.toSorted()).toStrictEqual(Object.keys(allowScripts).toSorted());
  // It brings the Node that everything here is run by. The others do without.
  expect(Object.keys(allowScripts).filter((name) => allowScripts[name])).toStrictEqual(['node']);
});

it('every package is the one that it was when it was locked', async () => {
  const { packages } = await read('package-lock.json', locked);
  const loose = Object.entries(packages).filter(([path, { integrity }]) => path !== '' && integrity === undefined);
  expect(loose.map(([path]) => path)).toStrictEqual([]);
});
