import { describe, expect, it } from 'vitest';
import { monitoringUrl } from '../../../lib/aws/metrics/monitoring-url.ts';
import { CloudWatchTaskMetrics, MetricsDenied } from '../../../lib/aws/metrics/task-metrics.ts';
import type { SignedRequest } from '../../../lib/aws/signed-fetch.ts';
import { NO_METRICS, openMetrics } from '../../../lib/cli/client/open-metrics.ts';

const URL_OF = new URL('https://monitoring.eu-central-1.amazonaws.com');
const API = 'https://a1b2c3.execute-api.eu-central-1.amazonaws.com';

/** CloudWatch with this one answer, and what it was asked. */
function cloudWatch(status: number, body: unknown) {
  const asked: (SignedRequest & { readonly url: string })[] = [];
  const metrics = new CloudWatchTaskMetrics(URL_OF, 'prod', (url, request) => {
    asked.push({ url: url.href, ...request });
    return Promise.resolve(Response.json(body, { status }));
  });
  return { asked, read: () => metrics.read('orders', 3_600_500, 7_200_500) };
}

describe('the metrics of a task', () => {
  it('are asked for by one request, for each minute', async () => {
    const { asked, read } = cloudWatch(200, { MetricDataResults: [] });
    expect(await read()).toEqual([]);
    expect(asked).toHaveLength(1);
    const [{ url, method, headers, body = '' } = { url: '', method: '' }] = asked;
    expect([url, method]).toEqual([URL_OF.href, 'POST']);
    expect(headers).toEqual({
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
    });
    const query = (Id: string, MetricName: string) => {
      const Dimensions = [
        { Name: 'Stage', Value: 'prod' },
        { Name: 'Task', Value: 'orders' },
      ];
      return {
        Id,
        MetricStat: { Metric: { Namespace: 'MatrixOneCDC', MetricName, Dimensions }, Period: 60, Stat: 'Maximum' },
      };
    };
    expect(JSON.parse(body)).toEqual({
      MetricDataQueries: [query('lag', 'TaskLag'), query('rows', 'TaskRows')],
      StartTime: 3_600,
      EndTime: 7_201,
      ScanBy: 'TimestampAscending',
    });
  });

  it('come by time, also where one of the two is missing', async () => {
    const { read } = cloudWatch(200, {
      MetricDataResults: [
        { Id: 'lag', Label: 'TaskLag', StatusCode: 'Complete', Timestamps: [3_720, 3_600], Values: [2.5, 1] },
        { Id: 'rows', Label: 'TaskRows', StatusCode: 'Complete', Timestamps: [3_600, 3_660], Values: [10, 70] },
      ],
    });
    expect(await read()).toEqual([
      { at: 3_600_000, lagMs: 1_000, rows: 10 },
      { at: 3_660_000, lagMs: null, rows: 70 },
      { at: 3_720_000, lagMs: 2_500, rows: null },
    ]);
  });

  it.each([
    [403, { __type: 'com.amazon.coral.service#AccessDeniedException', message: 'No.' }, true],
    [400, { __type: 'AccessDenied' }, true],
    [403, { __type: 'ExpiredToken' }, false],
    [500, {}, false],
    [200, { MetricDataResults: 'x' }, false],
  ])('cannot be had after %d %j', async (status, body, isDenied) => {
    const error: unknown = await cloudWatch(status, body)
      .read()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error instanceof MetricsDenied).toBe(isDenied);
  });
});

describe('CloudWatch is', () => {
  const region = () => Promise.resolve('eu-west-3');
  it.each([
    [API, undefined, true, URL_OF.href],
    [
      'https://x.execute-api.cn-north-1.amazonaws.com.cn',
      undefined,
      true,
      'https://monitoring.cn-north-1.amazonaws.com.cn/',
    ],
    ['https://cdc.example', undefined, true, 'https://monitoring.eu-west-3.amazonaws.com/'],
    ['https://cdc.example', undefined, false, undefined],
    ['http://127.0.0.1:8080', undefined, false, undefined],
    ['https://execute-api.eu-central-1.amazonaws.com.example', undefined, false, undefined],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:4566', false, 'http://127.0.0.1:4566/'],
  ])('for an API at %s (emulator: %s, signed: %s) at %s', async (api, awsEndpoint, isSigned, expected) => {
    expect((await monitoringUrl({ api, awsEndpoint, isSigned, region }))?.href).toBe(expected);
  });
});

it('nobody is asked for the metrics of an API that is not in AWS, and nothing is thrown where nobody answers', async () => {
  expect(await openMetrics({ stage: 'dev' }, 'https://cdc.example', {})).toBe(NO_METRICS);
  expect(await NO_METRICS('orders')).toEqual({ points: [], why: 'off' });
  const away = await openMetrics({ stage: 'dev', region: 'eu-central-1' }, API, {
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  });
  expect(await away('orders')).toEqual({ points: [], why: 'failed' });
});
