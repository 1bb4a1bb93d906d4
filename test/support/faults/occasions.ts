import { createHash } from 'node:crypto';
import type { Fault, FaultKind } from './fault.ts';
import type { Story } from './story.ts';

/**
 * A fault, and the number of points that a frozen worker's successor passes before the frozen one wakes up. Infinity:
 * the successor ends first.
 */
export interface Occasion extends Fault {
  readonly wakes: number;
}

const SOON = 7;

/** A fault at every passage of the story. `passed` comes from a run without a fault. */
export function everyOccasion(story: Story, passed: readonly string[], kind: FaultKind): Occasion[] {
  const wakes = kind === 'freeze' ? [Infinity, SOON] : [Infinity];
  const counts = new Map<string, number>();
  return passed.flatMap((point, index) => {
    const nth = (counts.get(point) ?? 0) + 1;
    counts.set(point, nth);
    const fault = story.isUnordered === true ? { kind, point, at: nth } : { kind, at: index + 1 };
    return wakes.map((after) => ({ ...fault, wakes: after }));
  });
}

/** One passage each of about half of the story's points. Kinds and stories get different ones, but always the same. */
export function someOccasions(story: Story, passed: readonly string[], kind: FaultKind): Occasion[] {
  const every = everyOccasion(story, passed, kind);
  const each = every.length / passed.length;
  const found = Map.groupBy(passed.keys(), (index) => passed[index] ?? '');
  return [...found].flatMap(([point, indexes]) => {
    const drawn = draw(`${story.name} ${kind} ${point}`);
    const index = indexes[(drawn >> 2) % indexes.length] ?? 0;
    const occasion = every[index * each + ((drawn >> 1) % each)];
    return drawn % 2 === 0 || occasion === undefined ? [] : [occasion];
  });
}

const draw = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE() >>> 1;
