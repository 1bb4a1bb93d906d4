import { asciiTable } from '../../../localstack/demo/ascii-table.ts';
import { startServers } from '../start-servers.ts';
import { KINDS } from './fault.ts';
import { CHAPTERS } from './live/chapters.ts';
import { livePoints, Theatre, workerProgram } from './live/stage.ts';
import { everyOccasion } from './occasions.ts';
import { play } from './play.ts';
import { STORIES } from './stories.ts';
import { Tally } from './tally.ts';

/**
 * `npm run faults [memory] [live] [every=<n>]`: brings every kind of fault upon every fault point, and prints how many
 * were survived. `memory`: every passage of every story. `live`: worker processes between databases, really killed and
 * stopped, at every call and every statement to the sink; `every=10` takes each tenth of these only.
 */
const words = process.argv.slice(2);
const every = Number(words.find((word) => word.startsWith('every='))?.slice('every='.length) ?? 1);
const wants = (part: string): boolean => words.includes(part) || !(words.includes('memory') || words.includes('live'));
const tell = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

async function inMemory(): Promise<Tally> {
  const tally = new Tally();
  for (const story of STORIES) {
    tell(story.name);
    const { passed } = await play(story);
    for (const kind of KINDS) {
      for (const occasion of everyOccasion(story, passed, kind)) {
        const { point, wrong } = await play(story, occasion, occasion.wakes);
        if (point !== undefined) tally.note(story.name, point, kind, wrong);
      }
    }
  }
  return tally;
}

async function live(): Promise<Tally> {
  const tally = new Tally();
  const servers = await startServers();
  const program = await workerProgram();
  const theatre = await Theatre.open(servers, 'matrixone', program.file);
  try {
    const points = await livePoints(theatre, CHAPTERS);
    const runs = points.flatMap((point) => KINDS.map((kind) => ({ ...point, kind })));
    for (const [index, { chapter, ...fault }] of runs.entries()) {
      // Each kind of fault comes at another tenth of the points.
      if ((Math.floor(index / KINDS.length) + index) % every !== 0) continue;
      tell(`${index} of ${runs.length}: ${chapter.name}, ${fault.point}, ${fault.kind}`);
      const { struck, wrong } = await theatre.play(chapter, fault);
      if (struck) tally.note(chapter.name, `${fault.at} ${fault.point}`, fault.kind, wrong);
    }
    for (const statement of theatre.unlisted)
      tally.note('live', `a statement without a point: ${statement}`, 'crash', ['']);
  } finally {
    await theatre.close();
    await program.remove();
    await servers.stop();
  }
  return tally;
}

let failed = 0;
for (const [name, run] of [
  ['memory', inMemory],
  ['live', live],
] as const) {
  if (!wants(name)) continue;
  const tally = await run();
  console.log(`${name}: points × kinds survived of those met, and faults brought about`);
  console.log(
    asciiTable(
      tally.head,
      tally.rows,
      tally.head.map((_, column) => column > 0),
    ),
  );
  for (const failure of tally.failures) console.log(failure);
  console.log(tally.summary);
  failed += tally.failures.length;
}
process.exit(failed === 0 ? 0 : 1);
