import { batchBytes } from '../../data/row-block.ts';
import { type Members, SINK_MEMBERS, SOURCE_MEMBERS, withMembers } from './members.ts';
import type { Sink } from './sink.ts';
import type { Source } from './source.ts';

type Report = (rows: number, bytes: number) => void;

/**
 * The same source, which reports every answer: the rows and bytes of each batch of a stream, and 0 rows for any other
 * answer. These reports tell a long step from one that hangs.
 */
export const reportedSource = (source: Source, report: Report): Source => reported(source, SOURCE_MEMBERS, report);

/** As reportedSource, for a sink. */
export const reportedSink = (sink: Sink, report: Report): Sink => reported(sink, SINK_MEMBERS, report);

function reported<T extends object>(end: T, members: Members<T>, report: Report): T {
  const others: Partial<T> = {};
  for (const name of Object.keys(members) as (keyof T)[]) {
    const member: unknown = end[name];
    const kind = members[name];
    if (typeof member !== 'function' || kind === 'at once') continue;
    const call = (...args: unknown[]): unknown => {
      const result: unknown = Reflect.apply(member, end, args);
      return kind === 'stream' ? counted(result as AsyncIterable<unknown>, report) : answered(result, report);
    };
    others[name] = call as T[keyof T];
  }
  return withMembers(end, members, others);
}

async function answered(answer: unknown, report: Report): Promise<unknown> {
  const result = await answer;
  report(0, 0);
  return result;
}

async function* counted(stream: AsyncIterable<unknown>, report: Report): AsyncIterable<unknown> {
  for await (const batch of stream) {
    report(lengthOf(batch), batchBytes(batch));
    yield batch;
  }
}

const lengthOf = (batch: unknown): number =>
  typeof batch === 'object' && batch !== null && 'length' in batch ? Number(batch.length) : 0;
