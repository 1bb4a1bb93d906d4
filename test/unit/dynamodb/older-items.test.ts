import { expect, it } from 'vitest';
import { fromItem, toItem } from '../../../lib/dynamodb/items/task-item.ts';
import { paceOf } from '../../../lib/record/pace.ts';
import { DEFAULT_OPTIONS } from '../../../lib/task/task.ts';
import { scenarioRecord, scenarioSpec } from '../../support/scenario-task.ts';

it('a task that an earlier version stored has never changed, as far as anybody knows, and idles when it is made adaptive', () => {
  const options = { ...DEFAULT_OPTIONS, mode: 'adaptive' } as const;
  const record = scenarioRecord({ spec: scenarioSpec({ options }), runningSince: 5 });
  const item = toItem({ ...record, progress: { ...record.progress, phase: 'window' } });
  const { changedAt, ...progress } = item['progress'] as Record<string, unknown>;
  expect(changedAt).toBeDefined();
  const read = fromItem({ ...item, progress });
  expect(read.progress.changedAt).toBe(0);
  expect(paceOf(read, 5 + options.idleAfterMs)).toBe('tick');
});
