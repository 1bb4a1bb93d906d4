import * as figure from './figures.ts';
import type { Prices } from './prices.ts';

/** The parts of a monthly bill, in dollars. */
export interface Bill {
  readonly compute: number;
  readonly store: number;
  readonly logs: number;
}

export const totalOf = ({ compute, store, logs }: Bill): number => compute + store + logs;

export type Doing = 'idle' | 'busy';
/** How a worker goes: all the time, or once a minute. */
export type Way = 'continuous' | 'tick';

interface Load {
  readonly doing: Doing;
  /** Windows with changes a second. */
  readonly windows: number;
  readonly memoryMb: number;
}

const IDLE: Load = { doing: 'idle', windows: 0, memoryMb: figure.DEFAULT_MEMORY_MB };
export const BUSY: Load = { doing: 'busy', windows: 1, memoryMb: figure.DEFAULT_MEMORY_MB };

/** A task that has a worker all the time. */
export function continuous(prices: Prices, load: Partial<Load> = {}): Bill {
  const { doing, windows, memoryMb } = { ...IDLE, ...load };
  const requests = HOURLY_WORKERS * figure.HOURS;
  const writes = writeUnits(doing, windows);
  const { reads } = doing === 'idle' ? figure.CONTINUOUS_IDLE : figure.CONTINUOUS_BUSY;
  const readUnits = figure.MINUTES * (reads * figure.UNITS_OF_A_READ + figure.UNITS_OF_A_TICK);
  const logBytes =
    figure.MINUTES * figure.LOG_BYTES_OF_A_MINUTE + figure.SECONDS * windows * figure.LOG_BYTES_OF_A_WINDOW;
  return {
    compute: gbSeconds(prices, (figure.SECONDS * memoryMb) / 1_024) + millions(requests, prices.lambdaMillion),
    store: millions(writes, prices.writeMillion) + millions(readUnits, prices.readMillion),
    logs: gigabytes(logBytes, prices.logsGb),
  };
}

/** A worker lives for 15 minutes. */
const HOURLY_WORKERS = 4;

/** Write units a month. Progress is stored once a second at most, and once in ten seconds if there is nothing new. */
function writeUnits(doing: Doing, windows: number): number {
  const idle = (figure.CONTINUOUS_IDLE.writes / 60) * figure.UNITS_OF_A_WRITE;
  if (doing === 'idle') return figure.SECONDS * idle;
  const rare = idle + windows * figure.UNITS_OF_A_WRITE;
  return figure.SECONDS * Math.min(figure.BUSY_UNITS_A_SECOND, rare);
}

/** A task that gets a worker each minute. `busySeconds`: how much longer than a look each run takes. */
export function byTick(prices: Prices, load: Partial<Load> = {}, busySeconds = 0): Bill {
  const { memoryMb } = { ...IDLE, ...load };
  const seconds = (figure.LOOK_SECONDS[memoryMb] ?? NaN) + busySeconds;
  const { reads, writes } = figure.LOOK;
  const readUnits = figure.MINUTES * (reads * figure.UNITS_OF_A_READ + figure.UNITS_OF_A_TICK);
  const units = figure.MINUTES * writes * figure.UNITS_OF_A_WRITE;
  return {
    compute:
      gbSeconds(prices, (figure.MINUTES * seconds * memoryMb) / 1_024) + millions(figure.MINUTES, prices.lambdaMillion),
    store: millions(units, prices.writeMillion) + millions(readUnits, prices.readMillion),
    logs: gigabytes(figure.MINUTES * figure.LOG_BYTES_OF_A_LOOK, prices.logsGb),
  };
}

/** An adaptive task that is awake for this share of the time (0 to 1). */
export function adaptive(prices: Prices, awake: number, load: Partial<Load> = BUSY): Bill {
  const [up, down] = [continuous(prices, load), byTick(prices, load)];
  const mixed = (part: keyof Bill): number => awake * up[part] + (1 - awake) * down[part];
  return { compute: mixed('compute'), store: mixed('store'), logs: mixed('logs') };
}

/** What a stage costs without any task. */
export function stage(prices: Prices, alarms: number): Bill & { readonly watching: number } {
  return {
    compute:
      gbSeconds(prices, figure.MINUTES * figure.TICK.gb * figure.TICK.seconds) +
      millions(figure.MINUTES, prices.lambdaMillion),
    // The tick's question which tasks there are.
    store: millions(figure.MINUTES * figure.UNITS_OF_NAMES, prices.readMillion),
    logs: gigabytes(figure.MINUTES * figure.TICK.logBytes, prices.logsGb),
    watching: figure.STAGE_METRICS * prices.metricMonth + alarms * prices.alarmMonth,
  };
}

/** What so many tasks by the tick pay for secrets of their own: kept, and read into the memory of the workers. */
export function secretsOf(prices: Prices, tasks: number): number {
  const reads = (tasks * figure.ENVIRONMENTS * figure.HOURS) / figure.ENVIRONMENT_HOURS;
  return tasks * prices.secretMonth + secretReads(prices, reads);
}

/** A month of reads of one task's secret, if no worker ever found it in memory. */
export const secretReadsAtWorst = (prices: Prices): number => secretReads(prices, figure.MINUTES);

const secretReads = (prices: Prices, reads: number): number => (reads / 10_000) * prices.secretReadsTenThousand;

const gbSeconds = (prices: Prices, count: number): number => count * prices.lambdaGbSecond;
const millions = (count: number, price: number): number => (count / 1_000_000) * price;
const gigabytes = (bytes: number, price: number): number => (bytes / 1_000_000_000) * price;
