/** Chunks that a worker takes at once, at most. */
const MOST = 16;

/**
 * What one of several workers takes of the chunks found: half of its share, so that towards the end all of them come to
 * small portions and end together. It begins at a random place, where others probably do not.
 */
export function shareOf<T>(found: readonly T[], workers: number): readonly T[] {
  const size = Math.max(1, Math.min(MOST, Math.floor(found.length / (2 * workers))));
  const first = workers === 1 ? 0 : Math.floor(Math.random() * (found.length - size + 1));
  return found.slice(first, first + size);
}
