import { describe, expect, it } from 'vitest';
import type { TaskError, TaskRecord } from '../../../lib/task/task-record.ts';
import { leaseHeld, needsWorker, type TaskState, taskState } from '../../../lib/task/task-state.ts';
import { scenarioRecord as record } from '../../support/scenario-task.ts';

const NOW = 1_000_000;
const held = { owner: 'w', until: NOW + 30_000, runsUntil: NOW + 100_000 };
const lapsed = { owner: 'w', until: NOW, runsUntil: NOW + 100_000 };
const error = (retry: boolean): TaskError => ({
  code: 'INTERNAL',
  message: '',
  action: '',
  retry,
  attempts: 1,
  firstAt: NOW,
  lastAt: NOW,
});

describe('taskState', () => {
  const cases: readonly (readonly [TaskState, Partial<TaskRecord>])[] = [
    ['running', {}],
    ['running', { lease: held }],
    ['retrying', { error: error(true) }],
    ['failed', { error: error(false) }],
    ['pausing', { desired: 'paused', lease: held }],
    ['paused', { desired: 'paused' }],
    ['paused', { desired: 'paused', lease: lapsed, error: error(false) }],
    ['dropping', { desired: 'dropping', error: error(false), lease: held }],
  ];
  it.each(cases)('is %s for %j', (state, change) => {
    expect(taskState(record(change), NOW)).toBe(state);
  });
});

describe('leaseHeld', () => {
  it('ends at its time', () => {
    expect(leaseHeld(record({ lease: held }), NOW)).toBe(true);
    expect(leaseHeld(record({ lease: lapsed }), NOW)).toBe(false);
    expect(leaseHeld(record(), NOW)).toBe(false);
  });
});

describe('needsWorker', () => {
  it('is true for tasks that run or go and that nobody holds', () => {
    expect(needsWorker(record(), NOW, NOW + 50)).toBe(true);
    expect(needsWorker(record({ error: error(true) }), NOW, NOW + 50)).toBe(true);
    expect(needsWorker(record({ desired: 'dropping' }), NOW, NOW + 50)).toBe(true);
  });

  it('is false for tasks that wait for a person', () => {
    expect(needsWorker(record({ desired: 'paused' }), NOW, NOW + 50)).toBe(false);
    expect(needsWorker(record({ error: error(false) }), NOW, NOW + 50)).toBe(false);
  });

  it('gives a holder that ends soon a successor, and no other', () => {
    expect(needsWorker(record({ lease: held }), NOW, NOW + 50)).toBe(false);
    expect(needsWorker(record({ lease: held }), NOW, NOW + 100_000)).toBe(true);
    expect(needsWorker(record({ lease: lapsed }), NOW, NOW + 50)).toBe(true);
  });
});
