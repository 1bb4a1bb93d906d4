import { join } from 'node:path';
import { maskUri } from '../lib/task/uri/database-uri.ts';
import { playScenario } from './demo/scenario.ts';
import { removeLeftovers } from './demo/leftovers.ts';
import { Shell } from './demo/shell.ts';
import { SqlPrompt } from './demo/sql-prompt.ts';
import { type Stack, startStack } from './stack.ts';

/** Servers of the user: their passwords must not appear on the screen. */
const OWN_URIS = [process.env['MATRIXONE_SOURCE'] ?? '', process.env['MATRIXONE_SINK'] ?? ''].filter(Boolean);

const print = (text: string): void => {
  process.stdout.write(OWN_URIS.reduce((masked, uri) => masked.replaceAll(uri, maskUri(uri)), text));
};

/** The machine's own Node, which runs npm, may be older: then say which one runs what follows. */
const nodeLine = (version: string, npmAgent = ''): string => {
  const own = /\bnode\/v([\d.]+)/u.exec(npmAgent)?.[1];
  const beside =
    own === undefined || own === version ? '' : `, which the project brings; your own Node ${own} only runs npm`;
  return `Running with Node ${version}${beside}.\n`;
};

/** Plays the scenario on a stack of its own. With --keep, the stack stays up until it is interrupted. */
async function main(keep: boolean, interrupted: AbortSignal): Promise<void> {
  print(nodeLine(process.versions.node, process.env['npm_config_user_agent']));
  print('Starting databases and AWS on this machine, and deploying the functions to it …\n');
  const stack = await startStack({ signal: interrupted });
  try {
    const source = await SqlPrompt.open(stack.sourceUri, print);
    const sink = await SqlPrompt.open(stack.sinkUri, print);
    await onStage({ stack, source, sink, keep, interrupted });
    source.close();
    sink.close();
  } finally {
    await stack.stop();
  }
}

interface Play {
  readonly stack: Stack;
  readonly source: SqlPrompt;
  readonly sink: SqlPrompt;
  readonly keep: boolean;
  readonly interrupted: AbortSignal;
}

async function onStage({ stack, source, sink, keep, interrupted }: Play): Promise<void> {
  print(`Source: ${await describe(stack.sourceKind, source)}, ${stack.sourceUri}\n`);
  print(`Sink:   ${await describe(stack.sinkKind, sink)}, ${stack.sinkUri}\n`);
  print('The commands are those of the scenario; only its addresses are replaced by these.\n\n');
  await removeLeftovers(source, sink, print);
  const shell = await Shell.open(
    shellDir(stack),
    join(stack.dir, 'app/dist/cli/mo_cdc.mjs'),
    stack.httpEndpoint,
    print,
  );
  // The servers may outlive the stack, so remove everything of the task from them, however the demo ends.
  const tidyUp = async (): Promise<void> => {
    print('### Tidy up\n\n');
    await shell.show('./mo_cdc task drop --all --yes');
    await removeLeftovers(source, sink, () => undefined);
  };
  try {
    await Promise.race([playScenario({ ...stack, source, sink, shell, print }), rejection(interrupted)]);
  } catch (error) {
    await tidyUp().catch(() => undefined);
    throw error;
  }
  if (!keep) return tidyUp();
  await stayUp(stack, interrupted);
  // Others may have worked on the servers meanwhile. If something cannot be removed, the demo has still passed.
  await tidyUp().catch((error: unknown) => {
    print(`-- Not everything was removed: ${messageOf(error)}\n`);
  });
}

async function stayUp(stack: Stack, interrupted: AbortSignal): Promise<void> {
  print(`demo: passed

Everything stays up. To try things out:
  cd ${shellDir(stack)}
  export MO_CDC_ENDPOINT='${stack.httpEndpoint}'
  ./mo_cdc console
  ./mo_cdc task list
  ./mo_cdc task show
  curl "$MO_CDC_ENDPOINT/tasks/activity_sync"
  curl -X POST "$MO_CDC_ENDPOINT/tasks/activity_sync/pause"
Source: ${stack.sourceUri}
Sink:   ${stack.sinkUri}
To stop everything: press Ctrl+C here, or run: kill ${process.pid}
`);
  await rejection(interrupted).catch(() => undefined);
}

const shellDir = (stack: Stack): string => join(stack.dir, 'shell');

const describe = async (kind: string, sql: SqlPrompt): Promise<string> =>
  `${kind}, which calls itself ${(await sql.rows('select version()'))[0]?.[0] ?? 'nothing'}`;

const rejection = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    // The timer keeps the process alive while it has nothing else to do.
    const timer = setInterval(() => undefined, 60_000);
    const onAbort = (): void => {
      clearInterval(timer);
      reject(new Error('interrupted'));
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    interruption.abort(new Error('interrupted'));
  });
}
try {
  const keep = process.argv.includes('--keep');
  await main(keep, interruption.signal);
  if (!keep) print('demo: passed\n');
  process.exit(0);
} catch (error) {
  print(`demo: failed: ${interruption.signal.aborted ? 'interrupted' : messageOf(error)}\n`);
  process.exit(1);
}
