import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import {
  type Counts,
  type Metrics,
  NO_COUNTS,
  type WorkerReport,
} from '../../../../lib/replication/session/metrics.ts';
import { METRICS_INTERVAL_MS, Reporter } from '../../../../lib/replication/session/reporter.ts';
import { byteLength, batchBytes, ChangeBlock, RowBlock } from '../../../../lib/data/row-block.ts';
import { askResync } from '../../../support/ask-resync.ts';
import type { Gate } from '../../../support/gate.ts';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];
const NAMES = Object.keys(NO_COUNTS) as (keyof Counts)[];

class Collected implements Metrics {
  readonly reports: WorkerReport[] = [];
  readonly fields: Readonly<Record<string, unknown>>[] = [];

  report(report: WorkerReport, fields: Readonly<Record<string, unknown>>): void {
    this.reports.push(report);
    this.fields.push(fields);
  }

  sum(name: keyof Counts): number {
    return this.reports.reduce((sum, report) => sum + report[name], 0);
  }
}

describe('a reporter', () => {
  const step = fc.record({
    name: fc.constantFrom(...NAMES),
    by: fc.nat(100),
    lag: fc.option(fc.nat(5_000)),
    after: fc.nat(20_000),
  });

  it('reports all that was counted, once, at most every half minute, and nothing of nothing', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let now = 0;
        const times: number[] = [];
        const collected = new Collected();
        const reporter = new Reporter(collected, { now: () => now }, () => {
          times.push(now);
          return {};
        });
        const counts = { ...NO_COUNTS };
        for (const { name, by, lag, after } of steps) {
          now += after;
          counts[name] += by;
          if (lag !== null) reporter.lagged(lag);
          reporter.report(counts, false);
        }
        const gaps = times.map((time, index) => time - (times[index - 1] ?? 0));
        expect(gaps.every((gap) => gap >= METRICS_INTERVAL_MS)).toBe(true);
        reporter.report(counts, true);
        reporter.report(counts, true);
        for (const name of NAMES) expect(collected.sum(name)).toBe(counts[name]);
        const lags = steps.flatMap(({ lag }) => lag ?? []);
        const told = collected.reports.flatMap(({ lagMs }) => lagMs ?? []);
        expect(Math.max(0, ...told)).toBe(Math.max(0, ...lags));
        for (const report of collected.reports)
          expect(Object.values(report).some((value) => value !== undefined)).toBe(true);
        if (steps.length === 0) expect(collected.reports).toEqual([]);
      }),
    );
  });
});

describe('a worker', () => {
  it('reports what it has loaded, applied and read, also while it runs', async () => {
    const world = new MemoryWorld({ mode: 'continuous' });
    const collected = new Collected();
    world.metrics = collected;
    for (const id of ['1', '2', '3', '4', '5']) world.source.put(A, id, 'x');
    await world.createTask();
    await world.run(async (call, when) => {
      await Promise.resolve();
      if (call === 'source.changedSince' && when === 'after') world.clock.jump(10_000);
    });
    expect(collected.sum('rowsLoaded')).toBe(5);
    expect(collected.sum('rowsRead')).toBe(5);
    expect(collected.sum('bytesRead')).toBe(10);
    expect(collected.fields.at(-1)).toMatchObject({ task: 't', epoch: 1 });
    world.source.put(A, '6', 'y');
    world.source.delete(A, '1');
    let whileRunning = 0;
    await world.run(async (call, when) => {
      await Promise.resolve();
      if (call !== 'source.changedSince' || when !== 'before') return;
      whileRunning = collected.sum('rowsApplied');
      world.clock.jump(whileRunning > 0 ? 100 * METRICS_INTERVAL_MS : METRICS_INTERVAL_MS / 2);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }, 90 * METRICS_INTERVAL_MS);
    expect(whileRunning).toBe(2);
    expect(collected.reports.some(({ lagMs = 0 }) => lagMs > 0)).toBe(true);
  });

  it('reports errors and tries, also when it fails in the end', async () => {
    const world = new MemoryWorld();
    const collected = new Collected();
    world.metrics = collected;
    world.source.put(A, '1', 'x');
    await world.createTask();
    let failures = 0;
    await world.run(async (call, when) => {
      await Promise.resolve();
      if (call !== 'sink.takeOver' || when !== 'before') return;
      failures += 1;
      throw new CdcError(failures < 3 ? 'SINK_LOCKED' : 'SINK_TABLE_MISMATCH', 'No.');
    });
    expect([collected.sum('errors'), collected.sum('retries')]).toEqual([3, 2]);
  });
});

it('bytes of a batch are those of its values, packed or not', () => {
  const block = new RowBlock(Buffer.from('\x01a\x02bc', 'latin1'), 1, 2);
  expect(batchBytes(block)).toBe(5);
  expect(batchBytes(new ChangeBlock(block))).toBe(byteLength(new ChangeBlock(block)));
  const row = [Buffer.from('a'), null, Buffer.from('bc')];
  expect(batchBytes([row, row])).toBe(6);
  const changes = [{ deleted: false, row }];
  expect(batchBytes(changes)).toBe(byteLength(changes));
  expect(batchBytes(undefined)).toBe(0);
});

describe('every line that the engine logs', () => {
  /** Whatever a task may go through: loads, windows, tables that come, change and are set aside, errors, repair, drop. */
  async function lived(): Promise<{ lines: { event: string; fields: Record<string, unknown> }[] }> {
    const databases = [{ source: 'shop', sink: 'copy' }];
    const world = new MemoryWorld({ tableErrors: 'ignore' }, { level: 'database', tables: [], databases });
    const refused = new CdcError('SINK_ROW_REJECTED', 'No.');
    world.sink.refuses = (_table, row) => (row[1]?.toString() === 'bad' ? refused : undefined);
    world.source.create(memorySchema(A, { hasUniqueKeys: true }));
    for (const id of ['1', '2', '3']) world.source.put(A, id, 'x');
    await world.createTask();
    await world.run();
    for (const id of ['4', '5', '6', '7', '8']) world.source.put(A, id, 'y');
    world.source.put(B, '1', 'bad');
    world.source.create(memorySchema({ database: 'shop', table: 'c' }));
    await world.run();
    world.source.replace(A, {});
    let dead = false;
    const dies: Gate = async (call, when) => {
      await Promise.resolve();
      dead ||= call === 'sink.batch.commit' && when === 'before';
      if (dead) throw new CdcError('LEASE_LOST', 'The process is dead.');
    };
    world.source.put(A, '9', 'z');
    await world.run(dies).catch(() => undefined);
    world.clock.jump(60_000);
    await world.run();
    world.source.snapshots.clear();
    await world.run();
    await askResync(world);
    await world.run();
    await world.store.drop('t');
    await world.run();
    const lines = world.logged.map((line) => {
      const [event = ''] = line.split(' ', 1);
      return { event, fields: JSON.parse(line.slice(event.length)) as Record<string, unknown> };
    });
    return { lines };
  }

  it('has the task and its epoch, and the window while one is under way', async () => {
    const { lines } = await lived();
    const seen = new Set(lines.map(({ event }) => event));
    const expected = ['load.done', 'window.applied', 'window.split', 'window.resumed', 'table.added', 'table.resync'];
    for (const event of [...expected, 'table.set-aside', 'task.rebuild', 'task.error', 'run.ended', 'task.dropped'])
      expect(seen, event).toContain(event);
    for (const { event, fields } of lines) {
      expect(fields, event).toMatchObject({ task: 't', epoch: expect.any(Number) as number });
      if (event.startsWith('window.') || ['table.added', 'table.resync'].includes(event))
        expect(fields, event).toHaveProperty('window');
    }
    // An error in a window says in which.
    expect(lines.filter(({ event }) => event === 'table.set-aside')[0]?.fields).toHaveProperty('window', 1);
  });
});
