export type { MetricPoint, MetricsAnswer, NoMetrics } from '../cli/client/open-metrics.ts';
import type { ApiClient } from '../cli/client/api-client.ts';

/** What the console asks of the API. It asks with the credentials of the person who has started it. */
export type TaskApi = Pick<
  ApiClient,
  'endpoint' | 'list' | 'names' | 'show' | 'create' | 'edit' | 'command' | 'check' | 'drop'
>;
