import type { SinkType } from '../../lib/task/task.ts';
import { startServers } from '../support/start-servers.ts';

/** The pair that a benchmark runs on. */
export interface BenchServers {
  readonly sourceUri: string;
  readonly sinkUri: string;
  readonly sinkType: SinkType;
  /** True when both are real MatrixOne servers. */
  readonly real: boolean;
  readonly stop: () => Promise<void>;
}

/** Real servers, if the environment names them; otherwise the emulator as the source and MariaDB itself as the sink. */
export async function startBenchServers(): Promise<BenchServers> {
  const { MATRIXONE_SOURCE: source, MATRIXONE_SINK: sink } = process.env;
  if (source !== undefined && sink !== undefined) {
    return { sourceUri: source, sinkUri: sink, sinkType: 'matrixone', real: true, stop: () => Promise.resolve() };
  }
  const started = await startServers();
  const { sourceUri, mysqlSinkUri } = started;
  return { sourceUri, sinkUri: mysqlSinkUri, sinkType: 'mysql', real: false, stop: () => started.stop() };
}
