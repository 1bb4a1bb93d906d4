import { expect, it } from 'vitest';
import { CdcError } from '../../../../lib/errors.ts';
import type { Gate } from '../../../support/gate.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];
const LEASE_RUNS_OUT = 31_000;

/** The answer to the given write of progress gets lost, and some calls later the process dies. */
function loseAnswer(write: number, callsToLive: number): { gate: Gate; died: () => boolean } {
  let writes = 0;
  let calls = 0;
  const gate: Gate = async (call, when) => {
    await Promise.resolve();
    if (calls > callsToLive) throw new Error('The process is dead.');
    if (writes >= write) calls += 1;
    if (call !== 'store.saveProgress' || when !== 'after') return;
    writes += 1;
    if (writes === write) throw new CdcError('STORE_ERROR', 'The answer was lost.');
  };
  return { gate, died: () => calls > callsToLive };
}

it('a store whose answer is lost is asked again before any snapshot is dropped', async () => {
  for (let write = 1; write <= 4; write += 1) {
    for (let callsToLive = 1; ; callsToLive += 1) {
      const world = new MemoryWorld();
      for (const id of ['1', '2', '3']) world.source.put(A, id, 'new');
      await world.createTask();
      await world.run();
      world.source.put(A, '2', 'second');
      world.source.put(B, '1', 'second');

      const { gate, died } = loseAnswer(write, callsToLive);
      await world.run(gate).catch(() => undefined);
      world.clock.jump(LEASE_RUNS_OUT);
      const at = `write ${write}, ${callsToLive} calls later`;
      expect((await world.run()).outcome, at).toBe('stopped');
      expect((await world.task()).error, at).toBeUndefined();
      for (const table of SOURCE_TABLES) expect(world.sinkRows(table), at).toEqual(world.sourceRows(table));
      expect([...world.source.snapshots.keys()], at).toEqual([(await world.task()).progress.checkpoint?.name]);
      if (!died()) break;
    }
  }
});
