import { install, type Requirement } from './install.ts';
import { mariaDb } from './mariadb-programs.ts';
import { installMiniStack, MINISTACK } from './ministack-environment.ts';
import { pythonEnvironments } from './python-environment.ts';

/** Installs everything before anything starts: the system's packages at once, then MiniStack. */
export async function installPrerequisites(...others: readonly Requirement[]): Promise<void> {
  await install([...(needsMariaDb() ? [mariaDb()] : []), pythonEnvironments(MINISTACK), ...others]);
  await installMiniStack();
}

/** False if both ends are real servers. */
const needsMariaDb = (): boolean =>
  ['MATRIXONE_SOURCE', 'MATRIXONE_SINK'].some((variable) => (process.env[variable] ?? '') === '');
