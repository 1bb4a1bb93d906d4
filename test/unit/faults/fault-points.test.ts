import { describe, expect, it } from 'vitest';
import { KINDS } from '../../support/faults/fault.ts';
import { someOccasions } from '../../support/faults/occasions.ts';
import { play } from '../../support/faults/play.ts';
import { FAULT_POINTS } from '../../support/faults/points.ts';
import { STORIES } from '../../support/faults/stories.ts';

it('every call of a worker is a fault point, and every fault point is met', async () => {
  const met = new Set<string>();
  // Where the order changes, a point may be passed by this time and not the next: a chunk that nobody has to give back.
  const tries = STORIES.flatMap((story) =>
    story.isUnordered === true ? Array.from({ length: 6 }, () => story) : story,
  );
  for (const story of tries) {
    const { passed, wrong } = await play(story);
    expect(wrong, story.name).toEqual([]);
    for (const point of passed) met.add(point);
  }
  expect([...met].filter((point) => !FAULT_POINTS.includes(point))).toEqual([]);
  expect(FAULT_POINTS.filter((point) => !met.has(point))).toEqual([]);
});

// All of them, at every passage: `npm run faults`.
describe.each(STORIES)('a task survives, with a story of $name,', (story) => {
  it.each(KINDS)(
    'a fault of its workers: %s',
    async (kind) => {
      const { passed } = await play(story);
      for (const occasion of someOccasions(story, passed, kind)) {
        const { point, wrong } = await play(story, occasion, occasion.wakes);
        expect(wrong, `${point}: ${JSON.stringify(occasion)}`).toEqual([]);
        // Where the order changes, there may be fewer passages of a point than before.
        if (story.isUnordered !== true) expect(point).toBe(passed[occasion.at - 1]);
      }
    },
    120_000,
  );
});
