import { describe, expect, it } from 'vitest';
import { taskView } from '../../../lib/http/task-view.ts';
import { taskViewSchema } from '../../../lib/http/task-view-schema.ts';
import { newProgress, type Progress } from '../../../lib/replication/progress.ts';
import { NOW } from '../../support/api-world.ts';
import { PASSWORD, scenarioRecord } from '../../support/scenario-task.ts';

const pin = (millis: number) => ({ name: 'mo_cdc_x', ts: `${millis}030821-0` });
const progress = (change: Partial<Progress>): Progress => ({ ...newProgress(1, NOW - 60_000), ...change });

describe('taskView', () => {
  it('is what the schema says, with and without everything', () => {
    const full = scenarioRecord({
      progress: progress({
        phase: 'window',
        checkpoint: pin(NOW),
        pending: { number: 3, until: pin(NOW), selection: 0 },
      }),
      lease: { owner: 'w', until: NOW + 1, runsUntil: NOW + 2 },
      error: {
        code: 'SINK_UNREACHABLE',
        message: 'No.',
        action: 'Yes.',
        retry: true,
        attempts: 2,
        firstAt: NOW - 5,
        lastAt: NOW,
        table: undefined,
      },
    });
    for (const record of [scenarioRecord(), full]) {
      const view = taskView(record, NOW);
      expect(taskViewSchema.parse(view)).toEqual(view);
      expect(JSON.stringify(view)).not.toContain(PASSWORD);
    }
    expect(taskView(full, NOW)).toMatchObject({
      state: 'retrying',
      pendingWindow: { number: 3, until: { position: `${NOW}030821-0`, time: '2025-03-28T07:30:00.000Z' } },
      lease: { owner: 'w', held: true },
      error: { attempts: 2, lastAt: '2025-03-28T07:30:00.000Z' },
    });
  });

  it('counts the lag from the later of checkpoint and last idle look', () => {
    const lag = (checkpoint: number | undefined, caughtUpAt: number) =>
      taskView(
        scenarioRecord({
          progress: progress({ checkpoint: checkpoint === undefined ? undefined : pin(checkpoint), caughtUpAt }),
        }),
        NOW,
      ).lagMs;
    expect(lag(undefined, 0)).toBeNull();
    expect(lag(NOW - 500, 0)).toBe(500);
    expect(lag(NOW - 500_000, NOW - 200)).toBe(200);
    expect(lag(NOW + 500, 0)).toBe(0);
  });

  it('shows the progress of each table', () => {
    const tables = { 'production_db.user_activities': { chunks: 4, chunksDone: 2, rows: 100 } };
    expect(taskView(scenarioRecord({ progress: progress({ phase: 'load', tables }) }), NOW)).toMatchObject({
      phase: 'load',
      tables: [{ source: 'production_db.user_activities', chunks: 4, chunksDone: 2, rows: 100 }],
    });
  });

  it('forgets after a restart what was reached before', () => {
    const record = scenarioRecord({ generation: 2, progress: progress({ phase: 'window', checkpoint: pin(NOW) }) });
    expect(taskView(record, NOW)).toMatchObject({ phase: 'new', checkpoint: null, lagMs: null });
  });
});
