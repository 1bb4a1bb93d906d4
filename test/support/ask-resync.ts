import { requestVerification } from '../../lib/commands/request-verification.ts';
import type { TaskRecord } from '../../lib/record/task-record.ts';
import type { MemoryWorld } from './memory-world.ts';
import { readTableKey } from '../../lib/task/task.ts';

/** Asks for a resync as the API does. It starts no worker. */
export const askResync = (world: MemoryWorld, tables?: readonly string[]): Promise<TaskRecord> =>
  requestVerification(
    { store: world.store, starter: { start: () => Promise.resolve() }, log: () => undefined, clock: world.clock },
    't',
    'resync',
    tables?.map(readTableKey),
  );
