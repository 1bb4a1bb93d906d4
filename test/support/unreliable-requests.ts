import type { TaskTable } from '../../lib/dynamodb/task-table.ts';

/** Sends the request, now or later. */
type Deliver = () => Promise<unknown>;

/** The fate of a write: its answer arrives (`answered`), or is lost (`lost`) and the SDK repeats the write. */
type Fate = 'answered' | 'lost';

function interceptWrites({ documents }: TaskTable, meet: (deliver: Deliver) => Promise<Fate>): void {
  documents.middlewareStack.add(
    (next) => async (args) => {
      if (!isWrite(args.request) || (await meet(() => next(args))) === 'answered') return await next(args);
      throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
    },
    { step: 'deserialize', priority: 'high' },
  );
}

function isWrite(request: unknown): boolean {
  const { headers } = request as { readonly headers: Readonly<Record<string, string>> };
  return /\.(?:(?:Put|Update|Delete)Item|TransactWriteItems)$/u.test(headers['x-amz-target'] ?? '');
}

/** Sends the next write and loses its answer. `meanwhile` runs before the SDK repeats the write. */
export function loseNextAnswer(table: TaskTable, meanwhile = () => Promise.resolve()): () => boolean {
  let lost = false;
  interceptWrites(table, async (deliver) => {
    if (lost) return 'answered';
    lost = true;
    await deliver();
    await meanwhile();
    return 'lost';
  });
  return () => lost;
}

/**
 * Holds back the next write, or its first `attempts`, so that the SDK repeats it or gives up. The returned function
 * sends the writes that were held back, and ignores their outcome.
 */
export function delayNextWrite(table: TaskTable, attempts = 1): () => Promise<void> {
  const late: Deliver[] = [];
  interceptWrites(table, (deliver) => {
    if (late.length === attempts) return Promise.resolve('answered');
    late.push(deliver);
    return Promise.resolve('lost');
  });
  return async () => {
    if (late.length === 0) throw new Error('Nothing was written.');
    for (const deliver of late) await deliver().catch(() => undefined);
  };
}
