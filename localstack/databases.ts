import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { type MariaDbServer, startMariaDb } from './mariadb.ts';
import { startProcess } from './process-group.ts';
import { settleBoth } from './settle-both.ts';

export interface Databases {
  readonly sourceUri: string;
  /** The kind of server behind the source's URI, in words. */
  readonly sourceKind: string;
  /** The URI of a sink of type matrixone. */
  readonly sinkUri: string;
  readonly sinkKind: string;
  /** The URI of a sink of type mysql; undefined if the sink is a real MatrixOne. */
  readonly mysqlSinkUri: string | undefined;
}

interface Server {
  readonly uri: string;
  readonly kind: string;
  readonly mysqlUri: string | undefined;
}

const EMULATOR = resolve(import.meta.dirname, '..', 'test', 'support', 'emulator', 'main.ts');
const EMULATED = 'the MatrixOne emulator (a proxy before MariaDB)';

/**
 * Takes the servers named by MATRIXONE_SOURCE and MATRIXONE_SINK, and starts an emulator for each that is not named.
 */
export async function startDatabases(dir: string, undo: AsyncDisposableStack): Promise<Databases> {
  const [source, sink] = await settleBoth(
    real('MATRIXONE_SOURCE') ?? emulated(join(dir, 'source'), undo),
    real('MATRIXONE_SINK') ?? emulated(join(dir, 'sink'), undo),
  );
  return {
    sourceUri: source.uri,
    sourceKind: source.kind,
    sinkUri: sink.uri,
    sinkKind: sink.kind,
    mysqlSinkUri: sink.mysqlUri,
  };
}

function real(variable: string): Promise<Server> | undefined {
  const uri = process.env[variable];
  if (uri === undefined || uri === '') return undefined;
  return Promise.resolve({ uri, kind: `the server of ${variable}`, mysqlUri: undefined });
}

async function emulated(dir: string, undo: AsyncDisposableStack): Promise<Server> {
  const mariadb = await startMariaDb({ dir });
  undo.defer(() => mariadb.stop());
  const port = await freePort();
  const emulator = startProcess({
    command: process.execPath,
    args: [EMULATOR, `--port=${port}`, `--mariadb-port=${mariadb.port}`, `--mariadb-password=${mariadb.rootPassword}`],
    cwd: dir,
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    logFile: join(dir, 'emulator.log'),
  });
  undo.defer(() => emulator.stop());
  await untilListening(port, () => emulator.hasExited(), join(dir, 'emulator.log'));
  return { uri: uriOf(mariadb, port), kind: EMULATED, mysqlUri: `${uriOf(mariadb, mariadb.port)}?tls=disabled` };
}

const uriOf = ({ rootPassword }: MariaDbServer, port: number): string =>
  `mysql://root:${rootPassword}@127.0.0.1:${port}`;

async function untilListening(port: number, hasExited: () => boolean, logFile: string): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await listens(port))) {
    if (hasExited() || Date.now() > end) throw new Error(`The MatrixOne emulator did not start; see ${logFile}.`);
    await delay(50);
  }
}

const listens = (port: number): Promise<boolean> =>
  new Promise((settle) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      settle(true);
    });
    socket.once('error', () => {
      settle(false);
    });
  });
