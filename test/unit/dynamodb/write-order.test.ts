import { beforeEach, describe, expect, it } from 'vitest';
import { WriteOrder } from '../../../lib/dynamodb/write-order.ts';

const KEY = { name: 'orders', id: 'a', epoch: 1 };

let order: WriteOrder;
beforeEach(() => {
  order = new WriteOrder();
});

const succeed = (): Promise<number> => order.during(KEY, (number) => Promise.resolve(number));
const fail = async (): Promise<void> => {
  await order.during(KEY, () => Promise.reject(new Error('no answer'))).catch(() => undefined);
};

/** A write that goes on until it is ended. */
function begin(): { readonly end: () => Promise<void>; readonly lose: () => Promise<void> } {
  const answer = Promise.withResolvers<undefined>();
  const writing = order.during(KEY, () => answer.promise).catch(() => undefined);
  return {
    end: async () => {
      answer.resolve(undefined);
      await writing;
    },
    lose: async () => {
      answer.reject(new Error('no answer'));
      await writing;
    },
  };
}

describe('the order of the writes of a worker', () => {
  it('gives every write a higher number', async () => {
    const numbers = [await succeed(), order.next(), await succeed()];
    expect(numbers).toStrictEqual([...new Set(numbers)].sort((a, b) => a - b));
  });

  it('has nothing to settle as long as every write is answered, nor for another lease', async () => {
    await succeed();
    expect(order.toSettle(KEY)).toBeUndefined();
    await fail();
    expect(order.toSettle({ ...KEY, epoch: 2 })).toBeUndefined();
    expect(order.toSettle(KEY)).toBeGreaterThan(0);
  });

  it('settles what has failed once, by a later write or by a number of its own', async () => {
    await fail();
    await succeed();
    expect(order.toSettle(KEY)).toBeUndefined();
    await fail();
    order.settled(KEY, order.toSettle(KEY) ?? expect.fail());
    expect(order.toSettle(KEY)).toBeUndefined();
  });

  it('keeps out no write that is under way', async () => {
    await fail();
    const write = begin();
    expect(order.toSettle(KEY)).toBeUndefined();
    await write.lose();
    expect(order.toSettle(KEY)).toBeGreaterThan(0);
  });

  it('does not take a write for settled that was begun after the number was given', async () => {
    await fail();
    const number = order.toSettle(KEY) ?? expect.fail();
    await fail();
    order.settled(KEY, number);
    expect(order.toSettle(KEY)).toBeGreaterThan(number);
  });

  it('settles a write that failed after a later one had been stored', async () => {
    const first = begin();
    await succeed();
    await first.lose();
    expect(order.toSettle(KEY)).toBeGreaterThan(0);
  });
});
