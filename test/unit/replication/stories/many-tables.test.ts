import { describe, expect, it } from 'vitest';
import { toItem } from '../../../../lib/dynamodb/items/task-item.ts';
import { tableKey } from '../../../../lib/task/task.ts';
import { memorySchema } from '../../../support/memory-source.ts';
import { MemoryWorld } from '../../../support/memory-world.ts';

/** DynamoDB takes no larger items. */
const MOST_BYTES = 400 * 1024;

const named = (i: number) => ({
  database: 'shop',
  table: `a_table_with_a_name_of_usual_length_${String(i).padStart(5, '0')}`,
});

async function worldOf(count: number): Promise<MemoryWorld> {
  const world = new MemoryWorld({}, { level: 'database', tables: [], databases: [{ source: 'shop', sink: 'copy' }] });
  for (let i = 0; i < count; i += 1) {
    world.source.create(memorySchema(named(i)));
    world.source.put(named(i), '1', 'x');
  }
  await world.createTask();
  return world;
}

describe('a task over many tables', () => {
  it.each([100, 300])('asks once which of %i have changed, and reads only those', async (count) => {
    const world = await worldOf(count);
    const report = await world.run(undefined, 60_000);
    expect(report.outcome).toBe('stopped');
    for (const i of [0, 1, 2, 3, count - 1]) world.source.put(named(i), '1', 'y');
    const calls = new Map<string, number>();
    await world.run((call, when) => {
      if (when === 'before') calls.set(call, (calls.get(call) ?? 0) + 1);
      return Promise.resolve();
    });
    const windows = calls.get('source.createPin');
    expect(windows).toBe(1);
    expect(calls.get('source.changedTables')).toBe(1);
    expect(calls.get('source.countChanges')).toBeUndefined();
    expect(calls.get('source.readChanges')).toBe(5);
    for (const i of [0, 5, count - 1]) expect(world.sinkRows(named(i))).toEqual(world.sourceRows(named(i)));
  });

  it('keeps its item small', async () => {
    const world = await worldOf(0);
    await world.run(undefined, 60_000);
    for (let i = 0; i < 1_200; i += 1) world.source.create(memorySchema(named(i)));
    await world.run(undefined, 60_000);
    const record = await world.task();
    // As many as there is place for: see item-size.ts.
    expect(Object.keys(record.progress.tables).length).toBeGreaterThan(700);
    expect(Object.keys(record.progress.tables).length).toBeLessThan(1_200);
    expect(Object.keys(record.progress.tables)).toContain(tableKey(named(0)));
    const bytes = Buffer.byteLength(JSON.stringify(toItem(record)));
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(MOST_BYTES / 2);
  }, 120_000);
});
