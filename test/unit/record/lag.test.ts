import { expect, it } from 'vitest';
import { positionAt } from '../../../lib/data/position.ts';
import { shownLag } from '../../../lib/record/lag.ts';
import { newProgress } from '../../../lib/record/progress.ts';

const NOW = 1_764_000_000_000;
const lease = { owner: 'w', until: NOW + 20_000, runsUntil: NOW + 600_000 };

/** A worker stored 800 ms ago that the sink was 60 ms behind. */
const stored = (at: number) => ({
  ...newProgress(1, at),
  phase: 'window' as const,
  checkpoint: { name: 'p', ts: positionAt(at - 60) },
});

it.each([
  ['of a worker that stores it once a second is that of the last time', lease, NOW - 800, 60],
  ['grows if the worker stores nothing for longer', lease, NOW - 5_000, 5_060],
  ['grows if no worker has the task', undefined, NOW - 800, 860],
  ['grows once the lease has run out', { ...lease, until: NOW - 1 }, NOW - 800, 860],
])('the lag %s', (_, held, at, lag) => {
  expect(shownLag({ lease: held }, stored(at), NOW)).toBe(lag);
});
