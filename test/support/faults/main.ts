import { asciiTable } from '../../../localstack/demo/ascii-table.ts';
import { KINDS } from './fault.ts';
import { parseFaults, USAGE } from './faults-options.ts';
import { everyLiveFault } from './live/every-fault.ts';
import { everyOccasion } from './occasions.ts';
import { play } from './play.ts';
import { STORIES } from './stories.ts';
import { Tally } from './tally.ts';

/** `npm run faults`: plays every kind of fault at every fault point, and prints how many the workers survived. */
const options = parseFaults(process.argv.slice(2));
if (options.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
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

function print(name: string, tally: Tally): void {
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
}

const tallies: Tally[] = [];
const take = (name: string, tally: Tally): void => {
  print(name, tally);
  tallies.push(tally);
};
if (options.memory) take('memory', await inMemory());
if (options.live) take('live', await everyLiveFault(options, tell));
process.exit(tallies.every(({ failures }) => failures.length === 0) ? 0 : 1);
