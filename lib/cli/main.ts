import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { systemClock } from '../clock.ts';
import { connect } from './client/connect.ts';
import { openLogs } from './client/open-logs.ts';
import { openMetrics } from './client/open-metrics.ts';
import { askAtTerminal } from './ask.ts';
import { openNative, openPlaces } from './open-places.ts';
import { openBrowser } from '../console/open-browser.ts';
import { bundledPage } from '../console/page-files.ts';
import { readPage } from './help/read-page.ts';
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

/** Somebody who has read enough, such as `head`, closes the pipe. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const interruption = new AbortController();

/** The entry point of the command `mo_cdc`. */
process.exitCode = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  progress: process.stderr.isTTY ? (text) => process.stderr.write(text) : undefined,
  clock: systemClock,
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  terminal: process.stdout.isTTY ? process.stdout : undefined,
  untilInterrupted: () => {
    process.once('SIGINT', () => {
      interruption.abort();
    });
    return interruption.signal;
  },
  machine: {
    readText: (path) => (path === '-' ? text(process.stdin) : readFile(path, 'utf8')),
    env: process.env,
    readPage,
  },
  connect: (options) => connect(options, process.env),
  openLogs: (options) => openLogs(options, process.env),
  openMetrics: (options, api) => openMetrics(options, api, process.env),
  ask: process.stdin.isTTY && process.stderr.isTTY ? askAtTerminal : undefined,
  console: { page: bundledPage(), openBrowser, ended },
  openNative,
  openPlaces: (options) => openPlaces(options, process.env),
});
