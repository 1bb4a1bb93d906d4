import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { PageFiles } from '../../lib/console/page-files.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

/** Builds the page of the console for the browser. */
export async function bundleConsolePage(): Promise<PageFiles> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['lib/console/page/main.tsx'],
    bundle: true,
    platform: 'browser',
    target: 'es2023',
    format: 'iife',
    minify: true,
    legalComments: 'none',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    outdir: 'dist',
    write: false,
    logLevel: 'warning',
  });
  const textOf = (end: string): string => {
    const file = outputFiles.find(({ path }) => path.endsWith(end));
    if (file === undefined) throw new Error(`The page has no ${end}.`);
    return file.text;
  };
  return { script: textOf('.js'), style: textOf('.css'), help: await errorSections() };
}

/** What docs/operations.md says of each error code. */
async function errorSections(): Promise<Record<string, string>> {
  const page = await readFile(join(ROOT, 'docs', 'operations.md'), 'utf8');
  const [, errors = ''] = page.split(/^## Errors$/mu);
  const sections = errors.split(/^### /mu).slice(1);
  return Object.fromEntries(
    sections.map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(0, end).trim(), section.slice(end).trim()];
    }),
  );
}
