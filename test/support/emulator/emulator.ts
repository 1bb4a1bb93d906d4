import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Catalog } from './catalog.ts';
import { Compactions } from './compactions.ts';
import { History } from './history/history.ts';
import { SideConnection, type ServerAddress } from './history/side.ts';
import { Session } from './session.ts';
import { Snapshots } from './snapshots.ts';
import { TemporaryTables } from './statements/temporary-tables.ts';

export interface EmulatorOptions {
  /** The server behind. It must have a row-based binary log: see localstack/mariadb.ts. */
  readonly mariadb: ServerAddress;
  readonly port?: number;
  /** The most snapshots per level of every account. By default `sys` has no limit, and others have MatrixOne's. */
  readonly snapshotQuota?: number;
}

export interface Emulator {
  readonly port: number;
  stop(): Promise<void>;
}

/** A MatrixOne server as far as a replicator can tell: a proxy in front of one MariaDB server. */
export const startEmulator = async (options: EmulatorOptions): Promise<Emulator> => {
  const lookup = new SideConnection(options.mariadb);
  const catalog = new Catalog(new SideConnection(options.mariadb));
  const history = new History(options.mariadb);
  await history.start();
  await catalog.setUp();
  const snapshots = new Snapshots(history, catalog, options.snapshotQuota);
  snapshots.start();
  const temporary = new TemporaryTables();
  const compactions = new Compactions(lookup);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    sockets.add(client);
    client.once('close', () => sockets.delete(client));
    void new Session(client, options.mariadb, { snapshots, catalog, compactions, lookup, temporary }).run();
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    snapshots.stop();
    server.close();
    for (const socket of sockets) socket.destroy();
    await Promise.all([history.stop(), lookup.close(), catalog.close()]);
  };
  return { port: portOf(server), stop };
};

const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the emulator does not listen');
  return address.port;
};
