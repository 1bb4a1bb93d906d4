import { installPython, type PythonEnvironment } from './python-environment.ts';

const VERSION = '1.5.33';

export const MINISTACK: PythonEnvironment = {
  name: `MiniStack ${VERSION}`,
  directory: `ministack-${VERSION}`,
  packages: [`ministack==${VERSION}`],
};

/** Returns the Python of a virtual environment with MiniStack. Installs it at the first call on a machine. */
export const installMiniStack = (env = process.env): Promise<string> => installPython(MINISTACK, env);
