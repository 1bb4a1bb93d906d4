import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs a program, waits for it, and returns its output. Throws if it fails, with the output in the message. */
export const runToEnd = async (program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> => {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  await once(child, 'close');
  const printed = Buffer.concat(output).toString('utf8');
  if (child.exitCode === 0) return printed;
  throw new Error(
    `${program} ended with ${child.exitCode ?? child.signalCode ?? 'nothing'}:\n${printed.slice(-4_000)}`,
  );
};
