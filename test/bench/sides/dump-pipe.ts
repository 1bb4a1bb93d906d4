import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseDatabaseUri } from '../../../lib/task/uri/database-uri.ts';

/** `mariadb-dump db table | mariadb db`: what one does by hand. Seconds; the target database exists and is empty. */
export async function dumpPipe(
  fromUri: string,
  from: string,
  table: string,
  toUri: string,
  to: string,
): Promise<number> {
  const dump = `mariadb-dump ${login(fromUri)} --single-transaction --quick --skip-lock-tables ${from} ${table}`;
  const begun = performance.now();
  // Both servers of the emulator have the same password, which must not stand on a command line.
  const shell = spawn('/bin/bash', ['-c', `set -o pipefail; ${dump} | mariadb ${login(toUri)} ${to}`], {
    env: { ...process.env, MYSQL_PWD: parseDatabaseUri(toUri).password },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(shell, 'exit')) as [number | null];
  if (code !== 0) throw new Error('mariadb-dump | mariadb has failed.');
  return (performance.now() - begun) / 1_000;
}

function login(uri: string): string {
  const { host, port, user } = parseDatabaseUri(uri);
  return `--no-defaults --host=${host} --port=${port} --user=${user} --skip-ssl`;
}
