import { monitoringUrl } from '../../aws/metrics/monitoring-url.ts';
import { CloudWatchTaskMetrics, type MetricPoint, MetricsDenied } from '../../aws/metrics/task-metrics.ts';
import { createSignedFetch, usualRegion } from '../../aws/signed-fetch.ts';
import { readAwsEndpoint } from '../../config.ts';
import { type ConnectOptions, wantsSigned } from './connect.ts';

/** Why there are no metrics: none were written, the user may not read them, CloudWatch failed, there is no CloudWatch. */
export type NoMetrics = 'none' | 'denied' | 'failed' | 'off';

export interface MetricsAnswer {
  readonly points: readonly MetricPoint[];
  /** Null if there are points. */
  readonly why: NoMetrics | null;
}

/** The metrics of a task over the last hour. It never throws: without them, nothing else is amiss. */
export type ReadMetrics = (task: string) => Promise<MetricsAnswer>;

export type { MetricPoint } from '../../aws/metrics/task-metrics.ts';

const HOUR_MS = 3_600_000;
const nothing = (why: NoMetrics): MetricsAnswer => ({ points: [], why });

/** Where there is no CloudWatch. */
export const NO_METRICS: ReadMetrics = () => Promise.resolve(nothing('off'));

/** Opens the metrics of a deployment. */
export async function openMetrics(
  options: ConnectOptions,
  api: string,
  env: NodeJS.ProcessEnv,
  now: () => number = Date.now,
): Promise<ReadMetrics> {
  const awsEndpoint = readAwsEndpoint(env);
  const isSigned = wantsSigned(options, api, env);
  const url = await monitoringUrl({ api, awsEndpoint, isSigned, region: () => usualRegion(options) }).catch(
    () => undefined,
  );
  if (url === undefined) return NO_METRICS;
  const metrics = new CloudWatchTaskMetrics(url, options.stage, createSignedFetch(options, 'monitoring'));
  return async (task) => {
    try {
      const points = await metrics.read(task, now() - HOUR_MS, now());
      return points.length === 0 ? nothing('none') : { points, why: null };
    } catch (error) {
      return nothing(error instanceof MetricsDenied ? 'denied' : 'failed');
    }
  };
}
