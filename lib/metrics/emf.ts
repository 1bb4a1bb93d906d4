import { NAMESPACE, type Unit } from './metric-names.ts';

/** Names and values of the dimensions that metrics are told apart by. Each set of values is paid for by itself. */
export type Dimensions = Readonly<Record<string, string>>;

/** What else the line says, for those who search the log; no dimension, and free. */
export type Properties = Readonly<Record<string, unknown>>;

/**
 * One line in CloudWatch's embedded metric format
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html):
 * the log line of a function from which CloudWatch takes metrics, without any call, right or endpoint.
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
  // Dimensions last: no property may take the place of one.
  return `${JSON.stringify({ _aws, ...properties, ...shown, ...dimensions })}\n`;
}
