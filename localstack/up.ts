import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { firstSteps } from './first-steps.ts';
import { installPrerequisites } from './installing/prerequisites.ts';
import { LOG_FILE, readRunning, STATE_FILE } from './running-stack.ts';
import { type Stack, startStack } from './stack.ts';

// `npm run stack:up`: starts the stack in the background. With --foreground, runs it until it is interrupted.
const running = await readRunning();
if (running !== undefined) {
  console.log(`The stack is up already: ${running.httpEndpoint}. Stop it with: npm run stack:down`);
} else if (process.argv.includes('--foreground')) {
  const stopping = new AbortController();
  await serve(stopping).catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
    process.exitCode = 130;
  });
} else {
  await startInBackground();
}

async function serve(stopping: AbortController): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stopping.abort(new Error(`Stopped by ${signal}.`));
    });
  }
  const stack = await startStack({ signal: stopping.signal });
  try {
    await mkdir(dirname(STATE_FILE), { recursive: true });
    await writeFile(STATE_FILE, JSON.stringify({ ...stack, pid: process.pid }, undefined, 2));
    console.log(describe(stack));
    while (!stopping.signal.aborted) await delay(3_600_000, undefined, stopping).catch(() => undefined);
  } finally {
    await rm(STATE_FILE, { force: true });
    await stack.stop();
  }
}

async function startInBackground(): Promise<void> {
  // Install here, because sudo may ask for a password at this terminal.
  await installPrerequisites();
  await mkdir(dirname(LOG_FILE), { recursive: true });
  const log = openSync(LOG_FILE, 'w');
  const child = spawn(process.execPath, [import.meta.filename, '--foreground'], {
    stdio: ['ignore', log, log],
    detached: true,
  });
  const interrupt = () => child.kill('SIGTERM');
  process.once('SIGINT', interrupt);
  while ((await readRunning())?.pid !== child.pid) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`The stack did not start:\n${await readFile(LOG_FILE, 'utf8')}`);
    }
    await delay(200);
  }
  child.unref();
  const stack = await readRunning();
  if (stack !== undefined) console.log(describe(stack));
}

function describe(stack: Omit<Stack, 'stop'>): string {
  return `The stack is up.
  HTTP routes  ${stack.httpEndpoint}
  AWS          AWS_ENDPOINT_URL=${stack.awsEndpoint} (any credentials, region us-east-1)
  source       ${stack.sourceUri}  ${stack.sourceKind}
  sink         ${stack.sinkUri}  type matrixone, ${stack.sinkKind}
${stack.mysqlSinkUri === undefined ? '' : `  sink         ${stack.mysqlSinkUri}  type mysql, MariaDB\n`}  files        ${stack.dir}
Stop it with: npm run stack:down
To begin, copy these lines:
${firstSteps(stack).join('\n')}`;
}
