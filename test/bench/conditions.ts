import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { parseDatabaseUri } from '../../lib/task/uri/database-uri.ts';
import { SqlClient } from '../support/sql-client.ts';
import type { BenchServers } from './servers.ts';

const GIB = 1024 ** 3;

/** The load of the machine before the first of a topic's steps: half a core of somebody else's is half a core less. */
export const loadNow = (): string =>
  loadavg()
    .map((load) => load.toFixed(2))
    .join(' ');

/** What the machine and the servers are, a line each. */
export async function machineConditions(servers: BenchServers): Promise<string[]> {
  const source = servers.emulated ? 'the MatrixOne emulator (MariaDB), which calls itself' : 'MatrixOne';
  const [from, to] = await Promise.all([versionOf(servers.sourceUri), versionOf(servers.sinkUri)]);
  return [
    `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores for servers and clients together, ${(totalmem() / GIB).toFixed(0)} GiB of memory`,
    `Node ${process.version}, ${process.platform} ${process.arch}`,
    `source: ${source} ${from} at ${placeOf(servers.sourceUri)}; sink: ${servers.sinkType} ${to} at ${placeOf(servers.sinkUri)}`,
  ];
}

function placeOf(uri: string): string {
  const { host, port } = parseDatabaseUri(uri);
  return `${host}:${port}`;
}

async function versionOf(uri: string): Promise<string> {
  const client = new SqlClient(uri);
  try {
    const [row] = await client.query('select version()');
    return row?.[0]?.toString() ?? 'of unknown version';
  } finally {
    client.close();
  }
}
