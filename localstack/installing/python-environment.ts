import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { runToEnd } from '../run-to-end.ts';
import { install, onThisMachine, type Requirement } from './install.ts';

/** A virtual environment of Python with programs of PyPI. */
export interface PythonEnvironment {
  /** For messages. */
  readonly name: string;
  /** Names it among the environments in the cache. With other packages it needs another name. */
  readonly directory: string;
  /** As pip takes them, with their versions. */
  readonly packages: readonly string[];
}

/**
 * Returns an environment's Python. Installs the environment at the first call on a machine. Run programs as modules:
 * the scripts that pip makes know the environment by the name it had before it was complete.
 */
export async function installPython(environment: PythonEnvironment, env = process.env): Promise<string> {
  await install([pythonEnvironments(environment, env)], onThisMachine(env));
  const home = await homeOf(environment, env);
  if (!existsSync(home)) await installInto(home, environment, env);
  return join(home, 'bin', 'python');
}

/**
 * The system package that installPython needs: Debian's Python comes without the module that makes environments.
 */
export const pythonEnvironments = (environment: PythonEnvironment, env = process.env): Requirement => ({
  packages: ['python3-venv'],
  isThere: async () => {
    try {
      if (!existsSync(await homeOf(environment, env))) await python(['-c', 'import venv, ensurepip'], env);
      return true;
    } catch {
      return false;
    }
  },
});

/**
 * The environment's directory. It belongs to one version of Python: after an upgrade of the system there is another.
 */
async function homeOf({ directory }: PythonEnvironment, env: NodeJS.ProcessEnv): Promise<string> {
  const version = await python(['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], env);
  const cache = join(env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache'), 'matrixone-cdc-serverless');
  return join(cache, `${directory}-python${version.trim()}`);
}

/**
 * Gives the environment its name only when it is complete, so an interrupted installation is never used. If several
 * processes install at once, the first to finish wins.
 */
async function installInto(home: string, { name, packages }: PythonEnvironment, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(dirname(home), { recursive: true });
  const draft = await mkdtemp(`${home}.`);
  try {
    await python(['-m', 'venv', draft], env);
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
    await runToEnd(join(draft, 'bin', 'python'), [...pip, ...packages], env);
    await rename(draft, home);
  } catch (error) {
    if (existsSync(home)) return;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${name} cannot be installed by pip. ${reason}`, { cause: error });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

const python = (args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> => runToEnd('python3', args, env);
