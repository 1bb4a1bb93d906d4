import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMiniStack } from '../../localstack/ministack.ts';
import { createLocalTable } from '../support/local-table.ts';
import type { Bench } from './topic.ts';
import type { StoreChoice } from './worker/messages.ts';

/** Where tasks are kept, and how the conditions call it. */
export interface LocalStore {
  readonly choice: StoreChoice;
  readonly words: string;
}

let opened: Promise<LocalStore> | undefined;

/** A DynamoDB on this machine, started once; the worker's memory where that cannot be had. */
export const localStore = (bench: Bench): Promise<LocalStore> => (opened ??= open(bench));

async function open({ cleanup, tell }: Bench): Promise<LocalStore> {
  try {
    const dir = await mkdtemp(join(tmpdir(), 'mo-cdc-bench-'));
    cleanup.add(() => rm(dir, { recursive: true, force: true }));
    const server = await startMiniStack({ dir });
    cleanup.add(() => server.stop());
    const { name } = await createLocalTable(server.endpoint);
    return { choice: { endpoint: server.endpoint, table: name }, words: 'store in DynamoDB as MiniStack imitates it' };
  } catch (error) {
    tell(`No local DynamoDB: ${String(error)}`);
    return { choice: 'memory', words: 'store in memory' };
  }
}
