import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { TOPICS } from '../../lib/cli/help/topics.ts';

const manifest = z.object({ version: z.string(), license: z.string(), engines: z.object({ node: z.string() }) });

/** Pages that the tool prints (`mo_cdc help <topic>`), and what editors want. */
const PAGES = [...Object.values(TOPICS).map(({ page }) => page), 'docs/reference/tasks.schema.json'];

const README = `# mo_cdc

The command line of change data capture for MatrixOne, without a server to run. It asks the API of a deployment.

    npm install -g ./matrixone-cdc-cli-VERSION.tgz
    mo_cdc --help
    mo_cdc help cli

\`mo_cdc help\` lists the documents that come with it. \`docs/reference/tasks.schema.json\` is the JSON Schema of files for \`mo_cdc apply\`.
`;

/** Puts beside the bundled tool what makes its folder a package. The tool is one file, so the package needs no other. */
export async function writeCliPackage(root: string, dir: string): Promise<void> {
  const { version, license, engines } = manifest.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const own = {
    name: 'matrixone-cdc-cli',
    version,
    description: 'The command line mo_cdc: change data capture for MatrixOne, without a server to run.',
    license,
    type: 'module',
    engines,
    bin: { mo_cdc: 'mo_cdc.mjs' },
    files: ['mo_cdc.mjs', 'docs'],
  };
  await writeFile(join(dir, 'package.json'), `${JSON.stringify(own, undefined, 2)}\n`);
  await writeFile(join(dir, 'README.md'), README.replace('VERSION', version));
  await cp(join(root, 'LICENSE'), join(dir, 'LICENSE'));
  for (const page of PAGES) {
    await mkdir(dirname(join(dir, page)), { recursive: true });
    await cp(join(root, page), join(dir, page));
  }
}
