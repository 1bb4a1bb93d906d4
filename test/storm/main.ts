import { PROFILES } from './profiles.ts';
import { startSite } from './site.ts';
import { runStorm } from './storm.ts';
import { parseStorm, replayOf, USAGE } from './storm-options.ts';

/** `npm run storm`: see CONTRIBUTING.md. */
if (process.argv.includes('--help')) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const options = parseStorm(process.argv.slice(2));
process.stdout.write(`storm: ${replayOf(options)}\n`);
const site = await startSite(PROFILES[options.profile].sinkType);
try {
  const { problems, windowsCompared, tablesCompared, journal } = await runStorm(options, site);
  for (const [what, times] of [...journal.counts].sort())
    process.stdout.write(`${String(times).padStart(8)} ${what}\n`);
  process.stdout.write(`${windowsCompared} complete windows (${tablesCompared} tables) compared with the source\n`);
  if (problems.length === 0) {
    process.stdout.write(
      `storm: ${options.minutes} minutes survived, seed ${options.seed}, profile ${options.profile}\n`,
    );
  } else {
    process.stdout.write(`${journal.last().join('\n')}\n\nstorm: FAILED\n${problems.join('\n')}\n`);
    process.stdout.write(`everything that happened: ${journal.path}\nreplay: ${replayOf(options)}\n`);
    process.exitCode = 1;
  }
} finally {
  await site.stop();
}
