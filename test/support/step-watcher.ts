import { expect } from 'vitest';
import type { Progress } from '../../lib/record/progress.ts';
import type { TableName } from '../../lib/task/task.ts';
import type { Gate } from './gate.ts';
import type { MemoryWorld } from './memory-world.ts';

/**
 * Compares the table at the very moment when the task says that it is in step again. Later, the comparison that was
 * asked for would repair what the task had missed.
 */
export function watched(world: MemoryWorld, table: TableName, isInStep: (progress: Progress) => boolean) {
  const seen: { sink: string[]; source: string[] }[] = [];
  const gate: Gate = async (call, when) => {
    if (call !== 'store.saveProgress' || when !== 'after' || seen.length > 0) return;
    const { progress } = await world.task();
    if (progress.checkpoint === undefined || progress.pending !== undefined || !isInStep(progress)) return;
    const source = [...world.source.at(progress.checkpoint, table).values()].map((row) => row.map(String).join('='));
    seen.push({ sink: world.sinkRows(table), source: source.sort() });
  };
  const expectSame = (): void => {
    expect(seen).toHaveLength(1);
    expect(seen[0]?.sink).toEqual(seen[0]?.source);
  };
  return { gate, expectSame };
}
