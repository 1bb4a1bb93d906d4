import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startMariaDb, type MariaDbServer } from '../../localstack/mariadb.ts';
import { startEmulator } from './emulator/emulator.ts';
import { sinkServer, type SinkServer } from './sink-server.ts';

export interface ServerUris {
  readonly sourceUri: string;
  readonly matrixoneSinkUri: string;
  readonly mysqlSinkUri: string;
  readonly mysqlSink: SinkServer;
  /** True if source and MatrixOne sink are real servers. */
  readonly real: boolean;
}

export interface RunningServers extends ServerUris {
  /** Stops what was started. */
  stop(): Promise<void>;
}

const uri = (port: number): string => `mysql://root:111@127.0.0.1:${port}`;

/**
 * Starts a MariaDB server as the MySQL sink, unless MYSQL_SINK names a server. Starts an emulator for the source and
 * one for the MatrixOne sink, each in front of a MariaDB, unless MATRIXONE_SOURCE and MATRIXONE_SINK name real servers.
 */
export async function startServers(): Promise<RunningServers> {
  const { MATRIXONE_SOURCE: source, MATRIXONE_SINK: sink, MYSQL_SINK: mysql } = process.env;
  const dir = await mkdtemp(path.join(tmpdir(), 'mo-cdc-test-'));
  const stops: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  const start = async (name: string): Promise<MariaDbServer> => {
    const server = await startMariaDb({ dir: path.join(dir, name) });
    stops.push(() => server.stop());
    return server;
  };
  const emulate = async (server: MariaDbServer): Promise<string> => {
    const mariadb = { host: '127.0.0.1', port: server.port, user: 'root', password: server.rootPassword };
    const emulator = await startEmulator({ mariadb });
    stops.push(() => emulator.stop());
    return uri(emulator.port);
  };
  const stop = async (): Promise<void> => {
    for (const step of stops.toReversed()) await step();
  };
  try {
    let shared: MariaDbServer | undefined;
    const own = async (): Promise<MariaDbServer> => (shared ??= await start('sink'));
    // A server that we start has no certificate.
    const mysqlSinkUri = mysql ?? `${uri((await own()).port)}?tls=disabled`;
    const matrixone =
      source !== undefined && sink !== undefined
        ? { sourceUri: source, matrixoneSinkUri: sink, real: true }
        : {
            sourceUri: await emulate(await start('source')),
            matrixoneSinkUri: await emulate(await own()),
            real: false,
          };
    return { ...matrixone, mysqlSinkUri, mysqlSink: await sinkServer(mysqlSinkUri), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
