import { chmod, readdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '..');

// The driver is CommonJS and calls require, which modules do not have.
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const OPTIONS: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  // Names show in logs: of errors, and of functions in stack traces.
  keepNames: true,
  sourcemap: 'external',
  sourcesContent: false,
  legalComments: 'none',
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
};

/** One file per function, dist/functions/<name>.mjs, and the command line tool dist/cli/mo_cdc.mjs. */
export async function bundle(): Promise<void> {
  await rm(join(ROOT, 'dist'), { recursive: true, force: true });
  await Promise.all([bundleFunctions(), bundleCli()]);
}

async function bundleFunctions(): Promise<void> {
  const files = (await readdir(join(ROOT, 'functions'))).filter((file) => file.endsWith('.ts'));
  await build({
    ...OPTIONS,
    entryPoints: files.map((file) => join('functions', file)),
    outdir: 'dist/functions',
    banner: { js: REQUIRE },
  });
}

async function bundleCli(): Promise<void> {
  const main = join('lib', 'cli', 'main.ts');
  if (!existsSync(join(ROOT, main))) return;
  const outfile = join('dist', 'cli', 'mo_cdc.mjs');
  await build({
    ...OPTIONS,
    entryPoints: [main],
    outfile,
    banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
  });
  await chmod(join(ROOT, outfile), 0o755);
}

if (process.argv[1] !== undefined && basename(process.argv[1]) === basename(import.meta.filename)) await bundle();
