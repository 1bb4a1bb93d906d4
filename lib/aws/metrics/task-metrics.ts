import { z } from 'zod';
import { NAMESPACE, type TaskMetric } from '../../metrics/metric-names.ts';
import type { SignedFetch } from '../signed-fetch.ts';

/** What CloudWatch has of a task for one minute. */
export interface MetricPoint {
  /** The beginning of the minute, in milliseconds since 1970. */
  readonly at: number;
  readonly lagMs: number | null;
  /** Rows loaded and applied so far. */
  readonly rows: number | null;
}

/** CloudWatch does not let this user read metrics. */
export class MetricsDenied extends Error {}

const PERIOD_S = 60;
const TIMEOUT_MS = 10_000;

const answer = z.object({
  MetricDataResults: z.array(
    z.object({ Id: z.string(), Timestamps: z.array(z.number()), Values: z.array(z.number()) }),
  ),
});
const failure = z.object({ __type: z.string().default('') });

/** Reads the metrics of single tasks, which a deployment has with the parameter `taskMetrics`. */
export class CloudWatchTaskMetrics {
  readonly #url: URL;
  readonly #stage: string;
  readonly #fetch: SignedFetch;

  /** `url`: CloudWatch, in the region of the deployment. `fetch` signs for the service `monitoring`. */
  constructor(url: URL, stage: string, fetch: SignedFetch) {
    this.#url = url;
    this.#stage = stage;
    this.#fetch = fetch;
  }

  /** By time, in milliseconds since 1970; empty if there are none. One request, in CloudWatch's JSON protocol. */
  async read(task: string, from: number, until: number): Promise<MetricPoint[]> {
    const query = (Id: string, MetricName: TaskMetric) => {
      const Dimensions = [
        { Name: 'Stage', Value: this.#stage },
        { Name: 'Task', Value: task },
      ];
      const Metric = { Namespace: NAMESPACE, MetricName, Dimensions };
      return { Id, MetricStat: { Metric, Period: PERIOD_S, Stat: 'Maximum' } };
    };
    const response = await this.#fetch(this.#url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
      },
      body: JSON.stringify({
        MetricDataQueries: [query('lag', 'TaskLag'), query('rows', 'TaskRows')],
        StartTime: Math.floor(from / 1_000),
        EndTime: Math.ceil(until / 1_000),
        ScanBy: 'TimestampAscending',
      }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const told: unknown = await response.json();
    if (response.ok) return pointsOf(answer.parse(told));
    const { __type: type } = failure.parse(told);
    if (/AccessDenied|UnauthorizedOperation/u.test(type)) throw new MetricsDenied(type);
    throw new Error(`CloudWatch answered ${response.status} ${type}.`);
  }
}

function pointsOf({ MetricDataResults }: z.infer<typeof answer>): MetricPoint[] {
  const found = new Map<number, MetricPoint>();
  for (const { Id, Timestamps, Values } of MetricDataResults) {
    for (const [index, seconds] of Timestamps.entries()) {
      const at = 1_000 * seconds;
      const value = Values[index] ?? null;
      const known = found.get(at) ?? { at, lagMs: null, rows: null };
      found.set(
        at,
        Id === 'lag' ? { ...known, lagMs: value === null ? null : 1_000 * value } : { ...known, rows: value },
      );
    }
  }
  return [...found.values()].sort((a, b) => a.at - b.at);
}
