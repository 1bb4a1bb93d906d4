import type { SinkType } from '../../lib/task/task.ts';
import { startServers } from '../support/start-servers.ts';

/** The pair that a benchmark runs on. */
export interface BenchServers {
  readonly sourceUri: string;
  readonly sinkUri: string;
  readonly sinkType: SinkType;
  /** True when both are real MatrixOne servers. */
  readonly real: boolean;
  /** True when the source is the emulator. */
  readonly emulated: boolean;
  readonly stop: () => Promise<void>;
}

/**
 * Real servers, if the environment names them: a MatrixOne as the source, and as the sink another one or a MySQL. Otherwise
 * the emulator as the source and MariaDB itself as the sink.
 */
export async function startBenchServers(): Promise<BenchServers> {
  const { MATRIXONE_SOURCE: source, MATRIXONE_SINK: matrixone, MYSQL_SINK: mysql } = process.env;
  const sink = matrixone ?? mysql;
  if (source !== undefined && sink !== undefined) {
    const isPair = matrixone !== undefined;
    const kinds = { sinkType: isPair ? 'matrixone' : 'mysql', real: isPair, emulated: false } as const;
    return { sourceUri: source, sinkUri: sink, ...kinds, stop: () => Promise.resolve() };
  }
  const started = await startServers();
  const { sourceUri, mysqlSinkUri } = started;
  const kinds = { sinkType: 'mysql', real: false, emulated: true } as const;
  return { sourceUri, sinkUri: mysqlSinkUri, ...kinds, stop: () => started.stop() };
}
