import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { runToEnd } from './run-to-end.ts';

export interface MariaDbPrograms {
  readonly server: string;
  readonly install: string;
  readonly isDataDirectory: (dir: string) => boolean;
}

// Daemons live in sbin, which is not on every user's PATH.
const FOLDERS = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin', '/usr/bin'];

/** MariaDB's programs, installed from the distribution's packages when they are missing. */
export const findMariaDb = async (): Promise<MariaDbPrograms> => {
  const found = locate();
  if (found !== undefined) return found;
  await installPackages();
  const installed = locate();
  if (installed === undefined) throw new Error('mariadbd is not to be found, though its packages are installed');
  return installed;
};

const locate = (): MariaDbPrograms | undefined => {
  const server = find('mariadbd') ?? find('mysqld');
  const install = find('mariadb-install-db') ?? find('mysql_install_db');
  if (server === undefined || install === undefined) return undefined;
  return { server, install, isDataDirectory: (dir) => existsSync(path.join(dir, 'mysql')) };
};

const find = (program: string): string | undefined =>
  FOLDERS.map((folder) => path.join(folder, program)).find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** RUNLEVEL=1 keeps the package from starting its own server on the default port. */
const installPackages = async (): Promise<void> => {
  const env = ['DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1'];
  const isRoot = process.getuid?.() === 0;
  const program = isRoot ? 'env' : 'sudo';
  const before = [...(isRoot ? [] : ['env']), ...env, 'apt-get'];
  await runToEnd(program, [...before, 'update']);
  const packages = ['mariadb-server', 'mariadb-client'];
  await runToEnd(program, [...before, 'install', '-y', '--no-install-recommends', ...packages]);
};
