import { CliError, UsageError } from '../cli/client/cli-error.ts';
import type { ReadMetrics } from '../cli/client/open-metrics.ts';
import { startConsoleServer } from './console-server.ts';
import type { PageFiles } from './page-files.ts';
import type { TaskApi } from './task-api.ts';
import { say } from '../cli/texts/say.ts';

export interface ConsoleOptions {
  readonly port: number;
  /** False if the user gave `--no-open`. */
  readonly open: boolean;
}

export interface ConsoleWorld {
  readonly api: TaskApi;
  readonly metrics: ReadMetrics;
  readonly page: PageFiles | undefined;
  readonly out: (text: string) => void;
  readonly openBrowser: (url: string) => void;
  /** Resolves when the user wants the console to end. */
  readonly ended: () => Promise<void>;
}

/** Serves the console until the user ends it. */
export async function serveConsole(world: ConsoleWorld, { port, open }: ConsoleOptions): Promise<void> {
  const { api, metrics, page, out } = world;
  if (page === undefined) throw new CliError([say('console.unbuilt')]);
  const server = await startConsoleServer({ api, metrics }, page, port).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw cause;
    throw new UsageError([say('console.port', { port: String(port), code })]);
  });
  try {
    out(
      `The console of ${api.endpoint} is at\n  ${server.url}\nKeep this address to yourself: it lets in with your rights. Ctrl-C ends the console.\n`,
    );
    if (open) world.openBrowser(server.openingUrl);
    await world.ended();
  } finally {
    await server.close();
  }
}
