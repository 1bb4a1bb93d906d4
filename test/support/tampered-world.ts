import { expect } from 'vitest';
import type { CheckProgress } from '../../lib/record/check-progress.ts';
import type { Gate } from './gate.ts';
import { MemoryWorld, SOURCE_TABLES } from './memory-world.ts';
import { readTableKey } from '../../lib/task/task.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

/**
 * A task in step. Somebody has then changed its sink: one row is missing, one is too many, and one has another value.
 */
export async function tampered(ids = ['1', '2', '3', '4']): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  for (const id of ids) world.source.put(A, id, 'v');
  world.source.put(B, '1', 'v');
  await world.createTask();
  await world.run();
  const rows = world.sink.tables.get('copy.a');
  rows?.delete('2');
  rows?.set('9', [Buffer.from('9'), Buffer.from('stray')]);
  rows?.set('3', [Buffer.from('3'), Buffer.from('bent')]);
  return world;
}

/** Asks for a check, and runs a worker that does it. */
export async function checked(
  world: MemoryWorld,
  kind: 'verify' | 'resync',
  gate?: Gate,
  tables?: string[],
): Promise<CheckProgress> {
  await world.store.check('t', kind, tables?.map(readTableKey));
  await world.run(gate);
  const { check } = (await world.task()).progress;
  expect(check?.finishedAt).toBeGreaterThan(0);
  return check as CheckProgress;
}
