import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { systemClock } from '../../../lib/clock.ts';
import { databaseConnectors } from '../../../lib/connectors.ts';
import { NO_METRICS } from '../../../lib/replication/session/metrics.ts';
import { runTask } from '../../../lib/replication/run/run.ts';
import { newTaskId } from '../../../lib/task/task-name.ts';
import { newTaskRecord } from '../../../lib/record/new-task-record.ts';
import type { TaskSpec } from '../../../lib/task/task.ts';
import { MemoryStore } from '../memory-store.ts';
import type { Order, Step } from './worker.ts';

/**
 * A worker in a process of its own, so that its memory can be measured. It reads orders from stdin and writes answers
 * to stdout, one JSON a line.
 */
const store = new MemoryStore();

function peakKiB(): number {
  return Number(/VmHWM:\s+(\d+) kB/u.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
}

/** Resets the peak of resident memory: proc(5). */
function forgetPeak(): void {
  writeFileSync('/proc/self/clear_refs', '5');
}

const cpuSeconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1_000_000;

async function create(spec: TaskSpec): Promise<void> {
  const now = systemClock.now();
  await store.create(newTaskRecord(newTaskId(now), spec, now));
}

async function step(name: string): Promise<Step> {
  forgetPeak();
  const loaders = { start: () => Promise.resolve() };
  const log = (): void => undefined;
  const deps = {
    store,
    connectors: databaseConnectors,
    loaders,
    clock: systemClock,
    log,
    metrics: NO_METRICS,
    owner: 'measured',
  };
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const report = await runTask(deps, name, systemClock.now() + 900_000, new AbortController().signal);
  const record = await store.get(name);
  const check = record?.progress.check?.tables ?? {};
  return {
    peakMiB: peakKiB() / 1024,
    seconds: (performance.now() - begun) / 1_000,
    cpuSeconds: cpuSeconds(process.cpuUsage(cpu)),
    rowsLoaded: report.rowsLoaded,
    rowsApplied: report.rowsApplied,
    chunks: Object.values(record?.progress.tables ?? {}).reduce((sum, table) => sum + table.chunks, 0),
    checked: Object.values(check).reduce((sum, table) => sum + table.rows, 0),
    error: record?.error === undefined ? undefined : `${record.error.code}: ${record.error.message}`,
  };
}

async function obey(order: Order): Promise<Step | undefined> {
  switch (order.kind) {
    case 'create':
      await create(order.spec);
      return undefined;
    case 'check':
      await store.check(order.name, order.check, undefined);
      return undefined;
    case 'drop':
      await store.drop(order.name);
      return step(order.name);
    case 'run':
      return step(order.name);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await obey(JSON.parse(line) as Order);
  process.stdout.write(`${JSON.stringify(answer ?? {})}\n`);
}
