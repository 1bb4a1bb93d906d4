import { DynamoDbTaskStore } from '../../../lib/dynamodb/dynamodb-task-store.ts';
import { DynamoDbWorkerStore } from '../../../lib/dynamodb/dynamodb-worker-store.ts';
import { openTaskTable } from '../../../lib/dynamodb/task-table.ts';
import type { TaskStore, WorkerStore } from '../../../lib/store/task-store.ts';
import { LOCAL_CREDENTIALS } from '../../../localstack/local-credentials.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import type { StoreChoice } from './messages.ts';

export interface OpenedStore {
  readonly tasks: TaskStore;
  readonly workers: WorkerStore;
  /** Requests so far. */
  readonly requests: { reads: number; writes: number };
}

export function openStore(choice: StoreChoice): OpenedStore {
  const requests = { reads: 0, writes: 0 };
  if (choice === 'memory') {
    const store = new MemoryStore();
    return { tasks: store, workers: counted(store, requests), requests };
  }
  // The product opens its table with what the environment says.
  Object.assign(process.env, LOCAL_CREDENTIALS, { AWS_ENDPOINT_URL: choice.endpoint });
  const table = openTaskTable(choice.table);
  table.documents.middlewareStack.add(
    (next, context) => async (args) => {
      count(requests, /^(?:Get|Query|Scan|BatchGet)/u.test(context.commandName ?? ''));
      return await next(args);
    },
    { step: 'initialize' },
  );
  return { tasks: new DynamoDbTaskStore(table), workers: new DynamoDbWorkerStore(table), requests };
}

/** A call of the store is one request: a read, if it is `watch` or `isDropped`. */
function counted(store: MemoryStore, requests: OpenedStore['requests']): WorkerStore {
  return new Proxy<WorkerStore>(store, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        count(requests, property === 'watch' || property === 'isDropped');
        return Reflect.apply(member as (...given: unknown[]) => unknown, target, args);
      };
    },
  });
}

function count(requests: OpenedStore['requests'], isRead: boolean): void {
  if (isRead) requests.reads += 1;
  else requests.writes += 1;
}
