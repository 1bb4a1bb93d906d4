import {
  adaptive,
  type Bill,
  BUSY,
  byTick,
  continuous,
  secretReadsAtWorst,
  secretsOf,
  stage,
  totalOf,
} from './cost.ts';
import * as figure from './figures.ts';
import { dms, endpoints, instance, nat } from './network.ts';
import { DCU_HOUR, type Prices, PRICES, pricesIn, REGIONS } from './prices.ts';

const here = pricesIn('us-east-1');

const dollars = (amount: number): string =>
  `$${amount.toFixed(amount < 20 ? 2 : 0).replaceAll(/\B(?=(?:\d{3})+$)/gu, ',')}`;
const row = (...cells: string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(...head), row('---', ...head.slice(1).map(() => '--:')), ...rows.map((cells) => row(...cells))].join('\n');
const parts = (bill: Bill): string[] => [bill.compute, bill.store, bill.logs, totalOf(bill)].map(dollars);

/** One task in each mode. */
const oneTask = (): string =>
  table(
    ['one task, a month', 'Lambda', 'DynamoDB', 'logs', 'together'],
    [
      ['`tick`, idle', ...parts(byTick(here))],
      ['`tick`, each run busy for 5 seconds', ...parts(byTick(here, {}, 5))],
      ['`adaptive`, idle all the time', ...parts(adaptive(here, 0))],
      ['`adaptive`, awake for 1 hour of 24', ...parts(adaptive(here, 1 / 24))],
      ['`adaptive`, awake for 8 hours of 24', ...parts(adaptive(here, 1 / 3))],
      ['`adaptive`, awake all the time, busy', ...parts(adaptive(here, 1))],
      ['`continuous`, idle', ...parts(continuous(here))],
      ['`continuous`, busy: a window a second', ...parts(continuous(here, BUSY))],
    ],
  );

/** Busy tasks by their rate of windows. */
const byWindows = (): string =>
  table(
    ['a continuous task with so many windows a second', 'Lambda', 'DynamoDB', 'logs', 'together'],
    [
      ['0.2 (`minWindowMs` of 5 s)', ...parts(continuous(here, { ...BUSY, windows: 0.2 }))],
      ...[1, 10, 36].map((windows) => [String(windows), ...parts(continuous(here, { ...BUSY, windows }))]),
    ],
  );

/** Many idle tasks. */
function manyTasks(): string {
  const all = (bill: Bill): string[] => {
    const [without, secrets] = [100 * totalOf(bill), secretsOf(here, 100)];
    return [dollars(without), dollars(secrets), dollars(without + secrets)];
  };
  return table(
    ['100 idle tasks, a month', 'workers', 'a secret of its own for each task', 'together'],
    [
      ['`adaptive`', ...all(adaptive(here, 0))],
      ['`tick`', ...all(byTick(here))],
      ['`continuous`', ...all(continuous(here))],
    ],
  );
}

/** By memory of the worker. */
const byMemory = (): string =>
  table(
    ['`workerMemory`', 'idle by the tick', '`continuous`, idle', '`continuous`, busy'],
    Object.keys(figure.LOOK_SECONDS).map((size) => {
      const memoryMb = Number(size);
      const bills = [
        byTick(here, { memoryMb }),
        continuous(here, { memoryMb }),
        continuous(here, { ...BUSY, memoryMb }),
      ];
      return [`${size} MB`, ...bills.map((bill) => dollars(totalOf(bill)))];
    }),
  );

const perGb = (price: number): string => `$${price} a GB`;

/** Ways out of a private network. */
const networks = (): string =>
  table(
    ['private network, a month', ...REGIONS, 'and a gigabyte'],
    [
      ['a NAT gateway in one zone', ...everywhere((prices) => dollars(nat(prices, 1))), perGb(here.natGb)],
      ['a NAT gateway in each of two zones', ...everywhere((prices) => dollars(nat(prices, 2))), perGb(here.natGb)],
      [
        'endpoints of Lambda and Secrets Manager, one zone',
        ...everywhere((prices) => dollars(endpoints(prices, 1))),
        perGb(here.endpointGb),
      ],
      ['the same in two zones', ...everywhere((prices) => dollars(endpoints(prices, 2))), perGb(here.endpointGb)],
      ["DynamoDB's gateway endpoint", ...REGIONS.map(() => '$0.00'), '$0 a GB'],
    ],
  );

const everywhere = (cell: (prices: Prices) => string): string[] => REGIONS.map((region) => cell(pricesIn(region)));

/** The same in two regions. */
const regions = (alarms: number): string =>
  table(
    ['a month', ...REGIONS],
    [
      ['a stage without tasks: the tick', ...everywhere((prices) => dollars(totalOf(stage(prices, alarms))))],
      [
        `its ${figure.STAGE_METRICS} metrics and ${alarms} alarms`,
        ...everywhere((prices) => dollars(stage(prices, alarms).watching)),
      ],
      ['one task, idle by the tick', ...everywhere((prices) => dollars(totalOf(byTick(prices))))],
      ['one task, `continuous`, idle', ...everywhere((prices) => dollars(totalOf(continuous(prices))))],
      ['one task, `continuous`, busy', ...everywhere((prices) => dollars(totalOf(continuous(prices, BUSY))))],
      ['100 idle adaptive tasks', ...everywhere((prices) => dollars(100 * totalOf(adaptive(prices, 0))))],
      ['10,000 requests to the API', ...everywhere((prices) => dollars(prices.httpApiMillion / 100))],
      [
        `\`taskMetrics\`: ${figure.METRICS_OF_A_TASK} metrics for a task`,
        ...everywhere((prices) => dollars(figure.METRICS_OF_A_TASK * prices.metricMonth)),
      ],
      ['a secret of a task', ...everywhere((prices) => dollars(prices.secretMonth))],
      ['its reads at worst', ...everywhere((prices) => dollars(secretReadsAtWorst(prices)))],
    ],
  );

/** Beside other ways to do it. */
function alternatives(): string {
  const [low, high] = dms();
  return table(
    ['a month', 'one task, idle', 'one task, busy'],
    [
      ['this, `adaptive`', dollars(totalOf(adaptive(here, 0))), dollars(totalOf(adaptive(here, 1)))],
      ['this, `continuous`', dollars(totalOf(continuous(here))), dollars(totalOf(continuous(here, BUSY)))],
      [
        'a t4g.small (2 GB, 8 GB of disk, public address) with a daemon',
        dollars(instance(here)),
        dollars(instance(here)),
      ],
      [
        'DMS Serverless with one capacity unit',
        `${dollars(low)} to ${dollars(high)}`,
        `${dollars(low)} to ${dollars(high)} or more`,
      ],
    ],
  );
}

/** The prices themselves. */
const priceList = (): string =>
  table(
    ['price in dollars', ...REGIONS, 'from'],
    [
      ...Object.values(PRICES).map((price) => [price.what, ...price.in.map(String), price.source]),
      ['DMS Serverless, a capacity unit, an hour', DCU_HOUR.in.join(' to '), '', DCU_HOUR.source],
    ],
  );

/** Every table of docs/cost.md by its mark. `alarms`: how many the stack has. */
export const costTables = (alarms: number): Readonly<Record<string, () => string>> => ({
  'one task': oneTask,
  memory: byMemory,
  windows: byWindows,
  'many tasks': manyTasks,
  network: networks,
  regions: () => regions(alarms),
  alternatives,
  prices: priceList,
});
