import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs a program and waits for it; what it printed is part of the error when it fails. */
export const runToEnd = async (program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<void> => {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  await once(child, 'close');
  if (child.exitCode === 0) return;
  const printed = Buffer.concat(output).toString('utf8').slice(-4_000);
  throw new Error(`${program} ended with ${child.exitCode ?? child.signalCode ?? 'nothing'}:\n${printed}`);
};
