import { startServers } from '../../start-servers.ts';
import { KINDS } from '../fault.ts';
import type { FaultsOptions } from '../faults-options.ts';
import { Tally } from '../tally.ts';
import { CHAPTERS } from './chapters.ts';
import { livePoints, Theatre, workerProgram } from './stage.ts';

/**
 * Plays every kind of fault at every live point, or one of `every` of these, from the number `from` on. `tasks` tasks run at the same time,
 * because a run mostly waits for leases to run out.
 */
export async function everyLiveFault(
  { every, from, tasks, mode }: Pick<FaultsOptions, 'every' | 'from' | 'tasks' | 'mode'>,
  tell: (text: string) => void,
): Promise<Tally> {
  const tally = new Tally();
  const servers = await startServers();
  const program = await workerProgram();
  const theatres: Theatre[] = [];
  try {
    for (let count = 0; count < tasks; count += 1)
      theatres.push(await Theatre.open(servers, 'matrixone', program.file, mode));
    const [first] = theatres;
    const points = first === undefined ? [] : await livePoints(first, CHAPTERS);
    const runs = points.flatMap((point) => KINDS.map((kind) => ({ ...point, kind })));
    // The kinds of fault take turns over the points.
    const chosen = [...runs.entries()].filter(
      ([index]) => index >= from && (Math.floor(index / KINDS.length) + index) % every === 0,
    );
    // The tasks share this iterator: a task that is free takes the next run.
    const left = chosen.values();
    const playAll = async (theatre: Theatre): Promise<void> => {
      for (const [index, { chapter, ...fault }] of left) {
        tell(`${index} of ${runs.length}: ${chapter.name}, ${fault.point}, ${fault.kind}`);
        const { struck, wrong } = await theatre.play(chapter, fault);
        // At once: a run takes long, and may be ended.
        if (wrong.length > 0) tell(`${index}: NOT survived: ${wrong.join('; ')}`);
        if (struck) tally.note(chapter.name, `${fault.at} ${fault.point}`, fault.kind, wrong);
      }
    };
    await Promise.all(theatres.map(playAll));
    for (const statement of theatres.flatMap(({ unlisted }) => [...unlisted]))
      tally.note('live', `a statement without a point: ${statement}`, 'crash', ['']);
  } finally {
    await Promise.all(theatres.map((theatre) => theatre.close()));
    await program.remove();
    await servers.stop();
  }
  return tally;
}
