import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { runToEnd } from '../run-to-end.ts';
import { install, onThisMachine, type Requirement } from './install.ts';

const VERSION = '1.5.33';

/** Returns the Python of a virtual environment with MiniStack. Installs it at the first call on a machine. */
export async function installMiniStack(env = process.env): Promise<string> {
  await install([pythonEnvironments(env)], onThisMachine(env));
  const home = await environmentOf(env);
  if (!existsSync(home)) await installInto(home, env);
  return join(home, 'bin', 'python');
}

/**
 * The system package that installMiniStack needs: Debian's Python comes without the module that makes environments.
 */
export const pythonEnvironments = (env = process.env): Requirement => ({
  packages: ['python3-venv'],
  isThere: async () => {
    try {
      if (!existsSync(await environmentOf(env))) await python(['-c', 'import venv, ensurepip'], env);
      return true;
    } catch {
      return false;
    }
  },
});

/**
 * The environment's directory. It belongs to one version of Python: after an upgrade of the system there is another.
 */
async function environmentOf(env: NodeJS.ProcessEnv): Promise<string> {
  const version = await python(['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], env);
  const cache = join(env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache'), 'matrixone-cdc-serverless');
  return join(cache, `ministack-${VERSION}-python${version.trim()}`);
}

/**
 * Gives the environment its name only when it is complete, so an interrupted installation is never used. If several
 * processes install at once, the first to finish wins.
 */
async function installInto(home: string, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(dirname(home), { recursive: true });
  const draft = await mkdtemp(`${home}.`);
  try {
    await python(['-m', 'venv', draft], env);
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
    await runToEnd(join(draft, 'bin', 'python'), [...pip, `ministack==${VERSION}`], env);
    await rename(draft, home);
  } catch (error) {
    if (existsSync(home)) return;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`MiniStack ${VERSION} cannot be installed by pip. ${reason}`, { cause: error });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

const python = (args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> => runToEnd('python3', args, env);
