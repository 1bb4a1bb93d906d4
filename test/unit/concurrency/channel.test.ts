import { expect, test } from 'vitest';
import { Channel } from '../../../lib/concurrency/channel.ts';

test('items arrive in order, one at a time', async () => {
  const channel = new Channel<number>();
  const seen: number[] = [];
  const reading = (async () => {
    for await (const item of channel) seen.push(item);
  })();
  for (let i = 0; i < 5; i++) {
    await channel.push(i);
    expect(seen.length).toBeGreaterThanOrEqual(i);
  }
  channel.close();
  await reading;
  expect(seen).toEqual([0, 1, 2, 3, 4]);
});

test('pushing waits until somebody takes', async () => {
  const channel = new Channel<number>();
  let pushed = false;
  const push = channel.push(1).then(() => {
    pushed = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(pushed).toBe(false);
  const iterator = channel[Symbol.asyncIterator]();
  expect(await iterator.next()).toEqual({ value: 1, done: false });
  await push;
});

test('a failure of the taker reaches the pusher, waiting or not', async () => {
  const channel = new Channel<number>();
  const push = channel.push(1);
  const reason = new Error('gone');
  channel.fail(reason);
  await expect(push).rejects.toBe(reason);
  await expect(channel.push(2)).rejects.toBe(reason);
});
