import { NAMESPACE, type Unit } from './metric-names.ts';

/** Dimensions of metrics by name. Each set of values costs extra. */
export type Dimensions = Readonly<Record<string, string>>;

/** Further fields of the line for searching the log. They are no dimensions, and free. */
export type Properties = Readonly<Record<string, unknown>>;

/**
 * One line in CloudWatch's embedded metric format
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html):
 * CloudWatch takes the metrics from the function's log, without a call, a right or an endpoint. `now`: milliseconds
 * since 1970.
 */
export function emfLine<Name extends string>(
  units: Readonly<Record<Name, Unit>>,
  values: Readonly<Partial<Record<Name, number>>>,
  dimensions: Dimensions,
  properties: Properties,
  now: number,
): string {
  const given = (Object.keys(units) as Name[]).filter((name) => values[name] !== undefined);
  const metrics = given.map((Name) => ({ Name, Unit: units[Name] }));
  const directive = { Namespace: NAMESPACE, Dimensions: [Object.keys(dimensions)], Metrics: metrics };
  const _aws = { Timestamp: now, CloudWatchMetrics: [directive] };
  const shown = Object.fromEntries(given.map((name) => [name, values[name]]));
  // Dimensions come last, so that no property replaces one.
  return `${JSON.stringify({ _aws, ...properties, ...shown, ...dimensions })}\n`;
}
