import { expect, it } from 'vitest';
import { play } from '../../support/faults/play.ts';
import { FAULT_POINTS } from '../../support/faults/points.ts';
import { STORIES } from '../../support/faults/stories.ts';

it('is list of all the points that workers pass', async () => {
  const met = new Set<string>();
  for (const story of STORIES) {
    const { passed, wrong } = await play(story);
    expect(wrong, story.name).toEqual([]);
    for (const point of passed) met.add(point);
  }
  expect([...met].filter((point) => !FAULT_POINTS.includes(point))).toEqual([]);
  expect(FAULT_POINTS.filter((point) => !met.has(point))).toEqual([]);
}, 60_000);
