import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode } from '../../../../lib/error-codes.ts';
import { CdcError } from '../../../../lib/errors.ts';
import { taskView } from '../../../../lib/http/view/task-view.ts';
import type { Gate } from '../../../support/gate.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

/** They end a worker, not a task: another one has it. */
const OF_WORKERS: readonly string[] = ['LEASE_LOST', 'FENCED'];
const CODES = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => !OF_WORKERS.includes(code));

describe('an error that comes at every look of a running task', () => {
  it.each(CODES)('reaches show: %s', async (code) => {
    const world = new MemoryWorld({ mode: 'continuous' });
    await world.createTask();
    let looks = 0;
    const recorded = new AbortController();
    const gate: Gate = async (call, when) => {
      await Promise.resolve();
      if (call === 'store.saveError' && when === 'after') recorded.abort();
      if (call === 'source.changedSince' && when === 'before') {
        looks += 1;
        throw new CdcError(code, 'The look fails.');
      }
    };
    await world.run(gate, 600_000, recorded.signal);
    expect(looks).toBeGreaterThan(0);
    const view = taskView(await world.task(), world.clock.now());
    expect(view.error).toMatchObject({ code, message: 'The look fails.' });
    expect(view.state).not.toBe('running');
    // History that is lost, and a fence that is another's, are mended by commands of their own.
    if (view.state !== 'retrying' && view.state !== 'failed') return;
    world.source.put(SOURCE_TABLES[0] as (typeof SOURCE_TABLES)[0], '1', 'x');
    await world.store.setDesired('t', 'running');
    await world.runUntilIdle();
    expect(taskView(await world.task(), world.clock.now()).error).toBeNull();
  });
});
