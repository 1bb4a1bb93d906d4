import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';

const SCRATCH = resolve(import.meta.dirname, '..', '.scratch');
export const STATE_FILE = resolve(SCRATCH, 'stack.json');
export const LOG_FILE = resolve(SCRATCH, 'stack.log');

const state = z.object({
  pid: z.int(),
  httpEndpoint: z.string(),
  awsEndpoint: z.string(),
  sourceUri: z.string(),
  sourceKind: z.string(),
  sinkUri: z.string(),
  sinkKind: z.string(),
  mysqlSinkUri: z.string().optional(),
  stackName: z.string(),
  outputs: z.record(z.string(), z.string()),
  dir: z.string(),
});

/** The stack that `npm run stack:up` started, with the process that runs it. */
export type RunningStack = z.output<typeof state> & { readonly mysqlSinkUri: string | undefined };

export async function readRunning(): Promise<RunningStack | undefined> {
  const text = await readFile(STATE_FILE, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const found = state.parse(JSON.parse(text));
  return isAlive(found.pid) ? { ...found, mysqlSinkUri: found.mysqlSinkUri } : undefined;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
