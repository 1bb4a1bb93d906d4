import { expect, it } from 'vitest';
import { compared, inRounds } from '../../bench/rounds.ts';

it('measures all sides in every round, in reverse order every other one', async () => {
  const order: string[] = [];
  const side = (name: string, seconds: number) => ({
    name,
    measure: () => {
      order.push(name);
      return Promise.resolve(seconds * order.length);
    },
  });
  const measured = await inRounds([side('ours', 1), side('other', 2)], 3, () => undefined);
  expect(order).toStrictEqual(['ours', 'other', 'other', 'ours', 'ours', 'other']);
  expect(measured).toStrictEqual([
    { name: 'ours', seconds: [1, 4, 5] },
    { name: 'other', seconds: [4, 6, 12] },
  ]);
});

it('tells how many times as long as ours the others take, by the medians', () => {
  const measured = [
    { name: 'ours', seconds: [4, 1, 2] },
    { name: 'other', seconds: [5, 7] },
  ];
  expect(compared(measured, 1_000)).toStrictEqual([
    ['ours', '2.00', '1.00', '4.00', '500', '1.00 x'],
    ['other', '6.00', '5.00', '7.00', '167', '3.00 x'],
  ]);
});
