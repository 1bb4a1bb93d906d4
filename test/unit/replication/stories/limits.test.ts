import { describe, expect, it } from 'vitest';
import { type TaskOptions, tableKey } from '../../../../lib/task/task.ts';
import { MemoryWorld, SOURCE_TABLES } from '../../../support/memory-world.ts';

const [A] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0]];
const ROWS = 12;
const BYTES = 100;
const ROOMY = { chunkRows: 1_000, transactionRows: 1_000 };

/** Copies rows of 100 bytes, then changes of all of them: the chunks, and the windows' transactions. */
async function copied(options: Partial<TaskOptions>, atMost?: number): Promise<{ chunks: number; batches: number }> {
  const world = new MemoryWorld({ ...ROOMY, ...options });
  world.sink.transactionBytes = atMost;
  const put = (letter: string): void => {
    for (let id = 10; id < 10 + ROWS; id++) world.source.put(A, String(id), letter.repeat(BYTES - 2));
  };
  put('x');
  await world.createTask();
  await world.run();
  const { tables } = (await world.task()).progress;
  let batches = 0;
  world.sink.onCommit = () => {
    batches += 1;
  };
  put('y');
  await world.run();
  expect(world.sinkRows(A)).toEqual(world.sourceRows(A));
  return { chunks: tables[tableKey(A)]?.chunks ?? 0, batches };
}

describe('limits in bytes', () => {
  it('are those of the task: of a chunk, and of a window', async () => {
    expect(await copied({})).toEqual({ chunks: 1, batches: 1 });
    expect(await copied({ chunkBytes: 3 * BYTES })).toEqual({ chunks: 4, batches: 1 });
    expect(await copied({ transactionBytes: 4 * BYTES })).toEqual({ chunks: 1, batches: 3 });
  });

  it('are no more than one transaction of the sink may have', async () => {
    expect(await copied({}, 4 * BYTES)).toEqual({ chunks: 3, batches: 3 });
    expect(await copied({ chunkBytes: 2 * BYTES, transactionBytes: 6 * BYTES }, 4 * BYTES)).toEqual({
      chunks: 6,
      batches: 3,
    });
  });
});
