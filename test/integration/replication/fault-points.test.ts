import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS } from '../../support/faults/fault.ts';
import { CHAPTERS } from '../../support/faults/live/chapters.ts';
import { type LivePoint, livePoints, Theatre, workerProgram } from '../../support/faults/live/stage.ts';
import { testServers, type TestServers } from '../../support/servers.ts';

let servers: TestServers;
let program: Awaited<ReturnType<typeof workerProgram>>;
beforeAll(async () => {
  servers = await testServers();
  program = await workerProgram();
});
afterAll(async () => {
  await program.remove();
  await servers.stop();
});

/** The boundaries of a window and of a load; all others: `npm run faults`. */
const WINDOW = [
  'before sink.takeOver',
  'after source.createPin',
  'after store.saveProgress',
  'after sink.batch.commit',
];
const STATEMENTS = ['after move the fence', 'after insert rows', 'before commit', 'after commit'];

const isTaken = ({ chapter, at, point, nth }: LivePoint): boolean => {
  if (nth !== 1) return false;
  if (chapter.name === 'window') return (at === 'call' ? WINDOW : STATEMENTS).includes(point);
  if (chapter.name === 'load') return point === 'after sink.loadChunk' || point === 'after load rows';
  return chapter.name === 'drop' && point === 'after sink.forget';
};

/** MySQL commits before each statement that alters a table. */
const ALTERING = ['after alter table', 'after empty a column'];

// Which kind of fault comes where: another one at each point, and all of them over the points of a chapter.
describe('a task whose worker, a process of its own,', () => {
  it('is killed or frozen, or is cut off from its sink, comes back into step by itself', async () => {
    const theatre = await Theatre.open(servers, 'matrixone', program.file);
    try {
      const points = (await livePoints(theatre, CHAPTERS)).filter(isTaken);
      expect([...theatre.unlisted]).toEqual([]);
      expect(points.length).toBeGreaterThan(8);
      for (const [index, { chapter, ...point }] of points.entries()) {
        for (const kind of ['crash' as const, KINDS[1 + (index % 3)] ?? 'freeze']) {
          const { struck, wrong } = await theatre.play(chapter, { ...point, kind });
          const why = `${chapter.name}: ${kind} ${point.at} ${point.point}`;
          expect(wrong, why).toEqual([]);
          expect(struck, why).toBe(true);
        }
      }
    } finally {
      await theatre.close();
    }
  }, 240_000);

  it('does so at every statement by which a table of MySQL gets other columns', async () => {
    const theatre = await Theatre.open(servers, 'mysql', program.file);
    try {
      const chapters = CHAPTERS.filter(({ name }) => name === 'other columns');
      const met = (await livePoints(theatre, chapters)).filter(({ point }) => ALTERING.includes(point));
      expect([...theatre.unlisted]).toEqual([]);
      // Of those that are met several times there are the first and the last.
      const points = met
        .filter(({ point, nth }) => met.every((other) => other.point !== point || other.nth <= nth))
        .flatMap((last) => Array.from({ length: last.nth }, (_, i) => ({ ...last, nth: i + 1 })));
      expect(points.length).toBeGreaterThan(6);
      for (const [index, { chapter, ...point }] of points.entries()) {
        for (const kind of ['crash', index % 2 === 0 ? 'freeze' : 'fail once'] as const) {
          const { struck, wrong } = await theatre.play(chapter, { ...point, kind });
          const why = `${chapter.name}: ${kind} ${point.at} ${point.point} ${point.nth}`;
          expect(wrong, why).toEqual([]);
          expect(struck, why).toBe(true);
        }
      }
    } finally {
      await theatre.close();
    }
  }, 240_000);
});
