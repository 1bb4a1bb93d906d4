import { bytesOf } from '../../data/row-block.ts';

type Report = (rows: number, bytes: number) => void;

/**
 * The same source or sink, which reports what comes from it: rows and bytes of its streams, batch by batch, and every
 * other answer as 0 rows. So a step that takes long can be told from one that hangs.
 */
export const reported = <T extends object>(end: T, report: Report): T =>
  new Proxy(end, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => observed(Reflect.apply(member, target, args), report);
    },
  });

function observed(result: unknown, report: Report): unknown {
  if (isStream(result)) return counted(result, report);
  return result instanceof Promise ? answered(result, report) : result;
}

async function answered(answer: Promise<unknown>, report: Report): Promise<unknown> {
  const result = await answer;
  report(0, 0);
  return result;
}

async function* counted(stream: AsyncIterable<unknown>, report: Report): AsyncIterable<unknown> {
  for await (const batch of stream) {
    report(lengthOf(batch), bytesOf(batch));
    yield batch;
  }
}

const lengthOf = (batch: unknown): number =>
  typeof batch === 'object' && batch !== null && 'length' in batch ? Number(batch.length) : 0;

const isStream = (result: unknown): result is AsyncIterable<unknown> =>
  typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
