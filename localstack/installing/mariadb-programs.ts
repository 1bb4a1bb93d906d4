import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { runToEnd } from '../run-to-end.ts';
import { install, type Requirement } from './install.ts';

export interface MariaDbPrograms {
  readonly server: string;
  readonly install: string;
  /** Arguments that name the directory of programs outside the distribution's places. */
  readonly baseArgs: readonly string[];
  readonly isDataDirectory: (dir: string) => boolean;
}

/** Names the directories of another MariaDB's programs, instead of the distribution's. */
const CHOICE = 'MARIADB_PROGRAMS';

/** Finds MariaDB's programs. Installs the distribution's packages if the programs are missing. */
export const findMariaDb = async (): Promise<MariaDbPrograms> => {
  const choice = process.env[CHOICE] ?? '';
  if (choice === '') await install([mariaDb()]);
  const found = locate(choice === '' ? foldersOf(process.env) : choice.split(path.delimiter));
  if (found !== undefined) return choice === '' ? found : { ...found, baseArgs: baseArgs(found.server) };
  throw new Error(`mariadbd and mariadb-install-db are not in ${choice === '' ? 'any usual place' : choice}.`);
};

/** The requirement that findMariaDb installs. */
export const mariaDb = (env = process.env, folders = foldersOf(env)): Requirement => ({
  packages: ['mariadb-server', 'mariadb-client'],
  isThere: async () => (env[CHOICE] ?? '') !== '' || (locate(folders) !== undefined && !(await isBeingInstalled(env))),
});

// Daemons are in sbin, which is not on every user's PATH.
const foldersOf = (env: NodeJS.ProcessEnv): string[] => [
  ...(env['PATH'] ?? '').split(path.delimiter),
  ...['/usr/sbin', '/usr/local/sbin', '/usr/bin'],
];

const locate = (folders: readonly string[]): MariaDbPrograms | undefined => {
  const find = (...names: string[]): string | undefined =>
    names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isExecutable);
  const server = find('mariadbd', 'mysqld');
  const install = find('mariadb-install-db', 'mysql_install_db');
  if (server === undefined || install === undefined) return undefined;
  return { server, install, baseArgs: [], isDataDirectory: (dir) => existsSync(path.join(dir, 'mysql')) };
};

/** mariadb-install-db does not find the directory of an unpacked archive, so name it. */
const baseArgs = (server: string): string[] => {
  const base = path.dirname(path.dirname(server));
  return existsSync(path.join(base, 'share')) ? [`--basedir=${base}`] : [];
};

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * dpkg writes the programs before the libraries and files that they need, and marks a package when all of it is
 * configured. Look at the core packages: mariadb-server counts as configured only if its system service has started.
 */
async function isBeingInstalled(env: NodeJS.ProcessEnv): Promise<boolean> {
  const format = '${db:Status-Status}\n';
  const patterns = ['mariadb-server-core*', 'mariadb-client-core*'];
  // If there is no dpkg, or dpkg does not know them, the programs were not installed by packages.
  const states = await runToEnd('dpkg-query', ['--show', `--showformat=${format}`, ...patterns], env).catch(() => '');
  return states.split('\n').some((state) => state !== '' && !AT_REST.has(state));
}

const AT_REST: ReadonlySet<string> = new Set([
  // Configured. Only triggers of other packages are left to do.
  ...['installed', 'triggers-awaited', 'triggers-pending'],
  // Not installed.
  ...['not-installed', 'config-files'],
]);
