import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const VERSION = '1.5.33';
const run = promisify(execFile);

/** The Python of a virtual environment that has MiniStack; installs it at the first call on a machine. */
export async function installMiniStack(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'matrixone-cdc-serverless');
  const home = join(cache, `ministack-${VERSION}`);
  if (!existsSync(home)) await installInto(home, `${home}.${process.pid}`);
  return join(home, 'bin', 'python');
}

/** The environment gets its name only when it is whole: an interrupted installation is never taken for one. */
async function installInto(home: string, draft: string): Promise<void> {
  await mkdir(draft, { recursive: true });
  try {
    await createEnvironment(draft);
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
    await run(join(draft, 'bin', 'python'), [...pip, `ministack==${VERSION}`]);
    await rename(draft, home);
  } catch (error) {
    if (!existsSync(home)) throw new Error(`MiniStack ${VERSION} cannot be installed by pip.`, { cause: error });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function createEnvironment(directory: string): Promise<void> {
  try {
    await run('python3', ['-m', 'venv', '--clear', directory]);
  } catch {
    // Debian ships Python without what makes environments.
    const apt = ['apt-get', 'install', '--yes', '--no-install-recommends', 'python3-venv'];
    const command = process.getuid?.() === 0 ? apt : ['sudo', '--non-interactive', ...apt];
    await run('/usr/bin/env', ['DEBIAN_FRONTEND=noninteractive', ...command]);
    await run('python3', ['-m', 'venv', '--clear', directory]);
  }
}
