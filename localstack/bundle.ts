import { chmod, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { bundleConsolePage } from './bundling/console-page.ts';
import { englishOnly, functionsOnly } from './bundling/left-out.ts';
import { writeCliPackage } from './bundling/cli-package.ts';
import { ownCodeMapped } from './bundling/own-code-mapped.ts';

const ROOT = resolve(import.meta.dirname, '..');

// The driver is CommonJS and calls `require`, which ES modules lack.
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const OPTIONS: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  // Names appear in logs: of errors, and of functions in stack traces.
  keepNames: true,
  // So that traces name the lines of our .ts files.
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
  plugins: [englishOnly, ownCodeMapped],
};

const DIST = join(ROOT, 'dist');

/** Writes to `outDir`: functions/<name>.mjs for every function, and the package of the command line tool, cli/. */
export async function bundle(outDir = DIST): Promise<void> {
  await rm(outDir, { recursive: true, force: true });
  await Promise.all([bundleFunctions(outDir), bundleCli(outDir)]);
}

async function bundleFunctions(outDir: string): Promise<void> {
  const files = (await readdir(join(ROOT, 'functions'))).filter((file) => file.endsWith('.ts'));
  await build({
    ...OPTIONS,
    entryPoints: files.map((file) => join('functions', file)),
    outdir: join(outDir, 'functions'),
    plugins: [englishOnly, functionsOnly, ownCodeMapped],
    banner: { js: REQUIRE },
  });
}

/** Bundles one module with the options of the functions. */
export async function bundleFile(entry: string, outfile: string): Promise<void> {
  await build({
    ...OPTIONS,
    entryPoints: [entry],
    outfile,
    banner: { js: REQUIRE },
    plugins: [englishOnly, functionsOnly, ownCodeMapped],
  });
}

/** Writes the package of the command line tool, with the page of its console inside, to `outDir`/cli, as `npm pack` takes it. */
export async function bundleCli(outDir = DIST): Promise<void> {
  const main = join('lib', 'cli', 'main.ts');
  const outfile = join(outDir, 'cli', 'mo_cdc.mjs');
  const banner = { js: `#!/usr/bin/env node\n${REQUIRE}` };
  // People run it with their own Node.
  const define = { MO_CDC_CONSOLE: JSON.stringify(await bundleConsolePage()) };
  await build({ ...OPTIONS, target: 'node20', entryPoints: [main], outfile, banner, define });
  await chmod(outfile, 0o755);
  await writeCliPackage(ROOT, join(outDir, 'cli'));
}

if (import.meta.main) {
  const cliOnly = process.argv.includes('--cli');
  await (cliOnly ? bundleCli() : bundle());
  console.log(`Built: ${cliOnly ? '' : 'dist/functions, and '}dist/cli/mo_cdc.mjs (npx mo_cdc --help).`);
}
