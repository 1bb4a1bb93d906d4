import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { freePort } from './free-port.ts';
import { findMariaDb, type MariaDbPrograms } from './installing/mariadb-programs.ts';
import { type ProcessGroup, startProcess } from './process-group.ts';
import { runToEnd } from './run-to-end.ts';

export interface MariaDbOptions {
  /** A scratch directory for this server alone. An existing data directory in it is used again. */
  readonly dir: string;
  readonly port?: number;
  readonly password?: string;
  /** Further arguments of the server, e.g. `--sql-mode=ANSI`. */
  readonly args?: readonly string[];
  /** Further arguments for making the data directory. */
  readonly installArgs?: readonly string[];
}

export interface MariaDbServer {
  readonly port: number;
  readonly rootPassword: string;
  /** Stops the server and all its processes. The data directory stays. */
  stop(): Promise<void>;
  /** Kills the server without warning, as a crash does. */
  kill(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;
const isRoot = process.getuid?.() === 0;

/** Starts a private MariaDB server on a loopback port. Uses the distribution's packages, and no system services. */
export const startMariaDb = async (options: MariaDbOptions): Promise<MariaDbServer> => {
  const programs = await findMariaDb();
  const dir = path.resolve(options.dir);
  const password = options.password ?? '111';
  await createDataDirectory(programs, dir, password, options.installArgs ?? []);
  const port = options.port ?? (await freePort());
  const logFile = path.join(dir, 'mariadb.log');
  const server = startProcess({
    command: programs.server,
    args: [...serverArguments(programs, dir, port), ...(options.args ?? [])],
    cwd: dir,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    logFile,
  });
  await untilAnswering(server, port, password, logFile);
  return { port, rootPassword: password, stop: () => server.stop(), kill: () => server.kill() };
};

const createDataDirectory = async (
  programs: MariaDbPrograms,
  dir: string,
  password: string,
  installArgs: readonly string[],
): Promise<void> => {
  mkdirSync(path.join(dir, 'tmp'), { recursive: true });
  const init = path.join(dir, 'init.sql');
  await writeFile(init, rootAccounts(password));
  if (programs.isDataDirectory(path.join(dir, 'data'))) return;
  const args = ['--no-defaults', ...programs.baseArgs, `--datadir=${path.join(dir, 'data')}`, ownTmpDir(dir)];
  const choices = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'];
  await runToEnd(programs.install, [...args, ...choices, ...asRoot(), ...installArgs]);
};

/** Runs at every start, and may be repeated. Anonymous accounts would take precedence over root@'%' on loopback. */
const rootAccounts = (password: string): string =>
  [
    "delete from mysql.global_priv where user = '';",
    'flush privileges;',
    ...['localhost', '127.0.0.1', '%'].flatMap((host) => [
      `create user if not exists root@'${host}';`,
      `alter user root@'${host}' identified by '${password}';`,
      `grant all on *.* to root@'${host}' with grant option;`,
    ]),
    '',
  ].join('\n');

const asRoot = (): string[] => (isRoot ? ['--user=root'] : []);

/**
 * In a shared directory, a server that starts would remove the temporary tables of all others, even those being made.
 */
const ownTmpDir = (dir: string): string => `--tmpdir=${path.join(dir, 'tmp')}`;

const serverArguments = ({ baseArgs }: MariaDbPrograms, dir: string, port: number): string[] => [
  '--no-defaults',
  ...baseArgs,
  ...asRoot(),
  `--datadir=${path.join(dir, 'data')}`,
  `--init-file=${path.join(dir, 'init.sql')}`,
  // The path of a Unix socket may have 107 bytes only, but the directory's path may be longer. So it is relative to the
  // data directory.
  '--socket=mariadb.sock',
  ownTmpDir(dir),
  `--pid-file=${path.join(dir, 'mariadb.pid')}`,
  `--port=${port}`,
  '--bind-address=127.0.0.1',
  '--skip-name-resolve',
  '--skip-ssl',
  '--local-infile=1',
  '--character-set-server=utf8mb4',
  // Compares as MatrixOne does: byte by byte, with trailing spaces.
  '--collation-server=utf8mb4_nopad_bin',
  '--max-allowed-packet=64M',
  '--max-connections=500',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-buffer-pool-size=256M',
  '--innodb-log-file-size=256M',
  '--sync-binlog=0',
  // The MatrixOne emulator reads the row log to learn what was written.
  '--log-bin=binlog',
  '--server-id=1',
  '--binlog-format=ROW',
  '--binlog-annotate-row-events=0',
];

const untilAnswering = async (server: ProcessGroup, port: number, password: string, log: string): Promise<void> => {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if (server.hasExited()) throw new Error(`MariaDB has ended: see ${log}`);
    if (await answers(port, password)) return;
    if (Date.now() > deadline) {
      await server.stop();
      throw new Error(`MariaDB does not answer on port ${port}: see ${log}`);
    }
    await sleep(40);
  }
};

const answers = async (port: number, password: string): Promise<boolean> => {
  try {
    const connection = await createConnection({ host: '127.0.0.1', port, user: 'root', password });
    await connection.end();
    return true;
  } catch {
    return false;
  }
};
