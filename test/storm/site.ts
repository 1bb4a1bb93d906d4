import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startMariaDb, type MariaDbServer } from '../../localstack/mariadb.ts';
import { startMiniStack } from '../../localstack/ministack.ts';
import { startEmulator } from '../support/emulator/emulator.ts';

/** A database server of a storm. */
export interface StormServer {
  readonly host: string;
  readonly port: number;
  readonly uri: string;
  /** Kills it and starts it again; undefined where it is not ours. */
  readonly restart: (() => Promise<void>) | undefined;
}

/** Where a storm takes place: the servers themselves, without anything in front of them. */
export interface Site {
  readonly source: StormServer;
  readonly sink: StormServer;
  readonly storeEndpoint: string;
  /** True when both ends are real MatrixOne servers. */
  readonly real: boolean;
  readonly dir: string;
  stop(): Promise<void>;
}

/** What is committed survives a killed process. */
const LASTING = ['--innodb-flush-log-at-trx-commit=2'];

const uriOf = (host: string, port: number): string => `mysql://root:111@${host}:${port}`;

/** The real servers that the environment names; otherwise emulators, or a MariaDB. `sink`: what the sink is to be. */
export async function startSite(sink: 'matrixone' | 'mysql'): Promise<Site> {
  const { MATRIXONE_SOURCE: realSource, MATRIXONE_SINK: realSink, MYSQL_SINK: mysql } = process.env;
  const real = realSource !== undefined && realSink !== undefined;
  const dir = await mkdtemp(path.join(tmpdir(), 'mo-cdc-storm-'));
  const stops: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const step of stops.toReversed()) await step();
  };
  try {
    const store = await startMiniStack({ dir: path.join(dir, 'store') });
    stops.push(() => store.stop());
    const own = async (name: string, emulated: boolean): Promise<StormServer> =>
      await startOwn(dir, name, emulated, stops);
    const source = real ? foreign(realSource) : await own('source', true);
    const named = sink === 'mysql' ? mysql : real ? realSink : undefined;
    const end = named === undefined ? await own('sink', sink === 'matrixone') : foreign(named);
    return { source, sink: end, storeEndpoint: store.endpoint, real, dir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function foreign(uri: string): StormServer {
  const { hostname, port } = new URL(uri);
  return { host: hostname, port: Number(port), uri, restart: undefined };
}

async function startOwn(
  dir: string,
  name: string,
  emulated: boolean,
  stops: (() => Promise<void>)[],
): Promise<StormServer> {
  const options = { dir: path.join(dir, name), args: LASTING };
  let server: MariaDbServer = await startMariaDb(options);
  const { port } = server;
  stops.push(() => server.stop());
  const restart = async (): Promise<void> => {
    await server.kill();
    server = await startMariaDb({ ...options, port });
  };
  if (!emulated) return { host: '127.0.0.1', port, uri: `${uriOf('127.0.0.1', port)}?tls=disabled`, restart };
  const mariadb = { host: '127.0.0.1', port, user: 'root', password: server.rootPassword };
  const emulator = await startEmulator({ mariadb });
  stops.push(() => emulator.stop());
  return { host: '127.0.0.1', port: emulator.port, uri: uriOf('127.0.0.1', emulator.port), restart };
}
