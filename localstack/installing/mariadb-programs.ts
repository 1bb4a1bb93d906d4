import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { runToEnd } from '../run-to-end.ts';
import { install, type Requirement } from './install.ts';

export interface MariaDbPrograms {
  readonly server: string;
  readonly install: string;
  /** Where all of it is that is not in the places of the distribution's packages. */
  readonly baseArgs: readonly string[];
  readonly isDataDirectory: (dir: string) => boolean;
}

/** Of those who want another MariaDB than the distribution's: the directories of its programs. */
const CHOICE = 'MARIADB_PROGRAMS';

/** MariaDB's programs, installed from the distribution's packages when they are missing. */
export const findMariaDb = async (): Promise<MariaDbPrograms> => {
  const choice = process.env[CHOICE] ?? '';
  if (choice === '') await install([mariaDb()]);
  const found = locate(choice === '' ? foldersOf(process.env) : choice.split(path.delimiter));
  if (found !== undefined) return choice === '' ? found : { ...found, baseArgs: baseArgs(found.server) };
  throw new Error(`mariadbd and mariadb-install-db are not in ${choice === '' ? 'any usual place' : choice}.`);
};

/** What findMariaDb would install. */
export const mariaDb = (env = process.env, folders = foldersOf(env)): Requirement => ({
  packages: ['mariadb-server', 'mariadb-client'],
  isThere: async () => (env[CHOICE] ?? '') !== '' || (locate(folders) !== undefined && !(await isBeingInstalled(env))),
});

// Daemons live in sbin, which is not on every user's PATH.
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

/** An unpacked archive is told where it lies: mariadb-install-db does not find that out. */
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
 * The programs are on the disk before the libraries and files that they need: a package is whole when dpkg has configured
 * it. Not so the package mariadb-server, which counts as whole only where its system service has come up.
 */
async function isBeingInstalled(env: NodeJS.ProcessEnv): Promise<boolean> {
  const format = '${db:Status-Status}\n';
  const patterns = ['mariadb-server-core*', 'mariadb-client-core*'];
  // Without dpkg, and where it knows nothing of them, they have come from elsewhere.
  const states = await runToEnd('dpkg-query', ['--show', `--showformat=${format}`, ...patterns], env).catch(() => '');
  return states.split('\n').some((state) => state !== '' && !AT_REST.has(state));
}

const AT_REST: ReadonlySet<string> = new Set([
  // Configured, and what is left to do is another package's.
  ...['installed', 'triggers-awaited', 'triggers-pending'],
  // Not there at all.
  ...['not-installed', 'config-files'],
]);
