import { expect } from 'vitest';
import { z } from 'zod';

// The rules of the format's specification that our lines could break.
const name = z.string().min(1).max(255);
const directive = z.strictObject({
  Namespace: name,
  Dimensions: z.array(z.array(name).max(30)).min(1),
  Metrics: z.array(z.strictObject({ Name: name, Unit: z.enum(['Count', 'Bytes', 'Seconds']) })).max(100),
});
const line = z.looseObject({
  _aws: z.strictObject({ Timestamp: z.int().positive(), CloudWatchMetrics: z.array(directive).length(1) }),
});

export interface EmfRecord {
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly units: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The record that CloudWatch reads from a line. Throws if CloudWatch would ignore the line or a part of it. */
export function readEmf(text: string): EmfRecord {
  expect(text.indexOf('\n')).toBe(text.length - 1);
  const { _aws, ...members } = line.parse(JSON.parse(text));
  const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics as [z.output<typeof directive>];
  const dimensions = (Dimensions[0] ?? []).map((key) => [key, z.string().min(1).parse(members[key])]);
  const metrics = Metrics.map(({ Name }) => [Name, z.number().parse(members[Name])]);
  return {
    namespace: Namespace,
    dimensions: Object.fromEntries(dimensions) as Record<string, string>,
    metrics: Object.fromEntries(metrics) as Record<string, number>,
    units: Object.fromEntries(Metrics.map(({ Name, Unit }) => [Name, Unit])),
    properties: members,
  };
}
