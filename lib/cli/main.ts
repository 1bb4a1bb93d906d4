import { systemClock } from '../clock.ts';
import { connect } from './client/connect.ts';
import { askAtTerminal } from './ask.ts';
import { openPlaces } from './open-places.ts';
import { openBrowser } from '../console/open-browser.ts';
import { bundledPage } from '../console/page-files.ts';
import { run } from './run.ts';

/** Resolves when the user ends the program at the terminal, or somebody else does by a signal. */
const ended = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });

/** The entry point of the command `mo_cdc`. */
process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  progress: process.stderr.isTTY ? (text) => process.stderr.write(text) : undefined,
  clock: systemClock,
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  connect: (options) => connect(options, process.env),
  ask: process.stdin.isTTY && process.stderr.isTTY ? askAtTerminal : undefined,
  console: { page: bundledPage(), openBrowser, ended },
  openPlaces: (options) => openPlaces(options, process.env),
});
