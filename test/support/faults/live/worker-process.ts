import { writeSync } from 'node:fs';
import { CdcError } from '../../../../lib/errors.ts';
import { databaseConnectors } from '../../../../lib/connectors.ts';
import { NO_METRICS } from '../../../../lib/replication/session/metrics.ts';
import { runTask } from '../../../../lib/replication/run/run.ts';
import type { TaskSpec } from '../../../../lib/task/task.ts';
import type { WorkerStore } from '../../../../lib/store/task-store.ts';
import { gated } from '../../gate.ts';
import { Faults } from '../fault.ts';
import { FastClock } from './fast-clock.ts';
import { type FromWorker, FROZEN, type Order, type StoreAnswer, type ToWorker } from './worker-messages.ts';

/** A worker in a process of its own, which can really be killed. The parent has its store. Its databases are real. */
const waiting = new Map<number, (answer: StoreAnswer) => void>();
let calls = 0;

const tell = (message: FromWorker): void => {
  process.send?.(message);
};

const remote =
  (method: keyof WorkerStore) =>
  async (...args: unknown[]): Promise<unknown> => {
    calls += 1;
    const number = calls;
    const answered = new Promise<StoreAnswer>((resolve) => waiting.set(number, resolve));
    tell({ call: { number, method, args } });
    const { result, error } = await answered;
    if (error !== undefined) throw new CdcError(error.code, error.message);
    return result;
  };

/** Every method sends a call to the parent. */
const store = new Proxy({} as WorkerStore, { get: (_, method) => remote(method as keyof WorkerStore) });

async function work({ task, milliseconds, ahead, owner, sinkUri, fault }: Order): Promise<void> {
  const clock = new FastClock(ahead);
  const faults = new Faults(fault, clock, {
    kill: () => process.kill(process.pid, 'SIGKILL'),
    stop: () => {
      writeSync(1, `${FROZEN}\n`);
      process.kill(process.pid, 'SIGSTOP');
    },
  });
  const gate = faults.gate();
  const log: string[] = [];
  const deps = {
    store: gated(store, 'store', gate),
    connectors: {
      source: (spec: TaskSpec, signal: AbortSignal) => gated(databaseConnectors.source(spec, signal), 'source', gate),
      sink: (spec: TaskSpec, taskId: string, signal: AbortSignal) =>
        gated(databaseConnectors.sink({ ...spec, sinkUri }, taskId, signal), 'sink', gate),
    },
    loaders: gated({ start: () => Promise.resolve() }, 'loaders', gate),
    clock,
    log: (_level: string, event: string, fields?: object) => log.push(`${event} ${JSON.stringify(fields)}`),
    owner,
    metrics: NO_METRICS,
  };
  try {
    const { outcome } = await runTask(deps, task, clock.now() + milliseconds, new AbortController().signal);
    log.push(outcome);
  } catch (error) {
    log.push(String(error));
  }
  tell({ report: { passed: faults.passed, point: faults.point, log } });
  process.disconnect();
}

process.on('message', (message: ToWorker) => {
  if ('order' in message) void work(message.order);
  else waiting.get(message.answer.number)?.(message.answer);
});
