import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EmfTickMetrics } from '../../lib/metrics/emf-tick-metrics.ts';
import { EmfWorkerMetrics } from '../../lib/metrics/emf-worker-metrics.ts';
import { NO_COUNTS } from '../../lib/replication/session/metrics.ts';
import { type DeclaredStack, declaredStack } from '../support/declared-stack.ts';
import { type EmfRecord, readEmf } from '../support/emf.ts';

const alarm = z.object({
  AlarmDescription: z.string(),
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })),
  Statistic: z.enum(['Sum', 'Maximum']),
  Period: z.literal(60),
  EvaluationPeriods: z.int(),
  DatapointsToAlarm: z.int(),
  Threshold: z.unknown(),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore']),
  AlarmActions: z.unknown(),
  OKActions: z.unknown(),
});
type Alarm = z.output<typeof alarm>;

const widget = z.object({
  type: z.string(),
  properties: z.object({
    metrics: z.array(z.tuple([z.string(), z.string()], z.string())).optional(),
    alarms: z.array(z.string()).optional(),
  }),
});

/** What AWS counts by itself, without any line of ours: the names as its documentation has them. */
const OF_AWS: Readonly<Record<string, { dimension: string; metrics: readonly string[] }>> = {
  'AWS/Lambda': { dimension: 'FunctionName', metrics: ['Errors', 'Throttles', 'ConcurrentExecutions'] },
  'AWS/SQS': { dimension: 'QueueName', metrics: ['ApproximateNumberOfMessagesVisible'] },
};

let stack: DeclaredStack;
let alarms: [string, Alarm][];

beforeAll(async () => {
  stack = await declaredStack();
  alarms = Object.entries(stack.resources.Resources)
    .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
    .map(([name, { Properties }]) => [name, alarm.parse(Properties)]);
});

/** All that functions write, with the stage that the deployment gives them. */
function emitted(): EmfRecord[] {
  const lines: string[] = [];
  const stage = String(stack.provider.environment['STAGE']);
  const write = (line: string) => lines.push(line);
  const options = { stage, perTask: false, clock: { now: () => 1 }, write };
  new EmfTickMetrics(options).begin().report(0, { tasks: 0, started: 0, failed: 0 });
  new EmfWorkerMetrics(options).report({ ...NO_COUNTS, lagMs: 1 }, {});
  return lines.map(readEmf);
}

/** Does somebody write this metric, with exactly these dimensions? */
function isThere(namespace: string, name: string, dimensions: Readonly<Record<string, unknown>>): boolean {
  const own = OF_AWS[namespace];
  if (own === undefined) {
    return emitted().some(
      (record) =>
        record.namespace === namespace &&
        name in record.metrics &&
        JSON.stringify(record.dimensions) === JSON.stringify(dimensions),
    );
  }
  const { [own.dimension]: value, ...others } = dimensions;
  return own.metrics.includes(name) && Object.keys(others).length === 0 && isDeclared(own.dimension, value);
}

/** Is it a function or a queue of this very stack? */
function isDeclared(dimension: string, value: unknown): boolean {
  const { functions, resources } = stack;
  const text = typeof value === 'string' ? value : ((value as Record<string, string>)['Fn::GetAtt'] ?? '');
  if (dimension === 'FunctionName')
    return Object.keys(functions).some((name) => text === `\${self:custom.prefix}-${name}`);
  const queue = /^(?:\$\{)?(\w+)\.QueueName\}?$/u.exec(text)?.[1] ?? '';
  return resources.Resources[queue]?.Type === 'AWS::SQS::Queue';
}

describe('every alarm', () => {
  it('watches a metric that there is', () => {
    expect(alarms.length).toBeGreaterThan(8);
    for (const [name, { Namespace, MetricName, Dimensions }] of alarms) {
      const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
      expect(isThere(Namespace, MetricName, dimensions), `${name} watches ${Namespace} ${MetricName}`).toBe(true);
    }
  });

  it('tells whom the deployment names, of the trouble and of its end', () => {
    const actions = '${self:custom.settings.alarmActions}';
    for (const [name, { AlarmActions, OKActions }] of alarms)
      expect([AlarmActions, OKActions], name).toEqual([actions, actions]);
    expect(stack.params.default['alarmTopic']).toBe('');
  });

  it('says where to read on', () => {
    for (const [name, { AlarmDescription }] of alarms) {
      expect(AlarmDescription).toContain(`docs/operations.md#${name.toLowerCase()}`);
    }
  });

  it('needs no more of its periods than it looks at', () => {
    for (const [, { DatapointsToAlarm, EvaluationPeriods }] of alarms) {
      expect(DatapointsToAlarm).toBeLessThanOrEqual(EvaluationPeriods);
    }
  });
});

it('only a missing heartbeat is an alarm by itself', () => {
  const breaching = alarms.filter(([, { TreatMissingData }]) => TreatMissingData === 'breaching');
  expect(breaching.map(([, { MetricName }]) => MetricName)).toEqual(['Heartbeat']);
});

it.each(['Heartbeat', 'TasksFailed', 'TasksStalled', 'LargestLagBeyondInterval', 'ApproximateNumberOfMessagesVisible'])(
  'there is an alarm on %s',
  (metric) => {
    expect(alarms.filter(([, { MetricName }]) => MetricName === metric)).toHaveLength(1);
  },
);

it('the dashboard shows every alarm, and metrics that there are, each of ours among them', () => {
  const { DashboardBody } = Object.values(stack.resources.Resources).find(
    ({ Type }) => Type === 'AWS::CloudWatch::Dashboard',
  )?.Properties as { DashboardBody: Record<string, string> };
  const { widgets } = z.object({ widgets: z.array(widget) }).parse(JSON.parse(DashboardBody['Fn::Sub'] ?? ''));
  const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
  expect(shown).toEqual(alarms.map(([name]) => `\${${name}.Arn}`));
  const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? []);
  for (const [namespace, name, dimension = '', value] of metrics) {
    expect(isThere(namespace, name, { [dimension]: value }), `${namespace} ${name} ${value}`).toBe(true);
  }
  // The heartbeat is nothing but 1, and the number of all tasks the sum of the others.
  const ours = emitted().flatMap((record) => Object.keys(record.metrics));
  const unseen = ours.filter((name) => !metrics.some(([, each]) => each === name));
  expect(unseen).toEqual(['Heartbeat', 'Tasks']);
});
