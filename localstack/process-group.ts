import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The file for the process's output. */
  readonly logFile: string;
}

export interface ProcessGroup {
  /** Also the id of the group, which contains all descendants. */
  readonly pid: number;
  hasExited(): boolean;
  /** Stops the process and everything it started. May be repeated. */
  stop(): Promise<void>;
  /** Kills them without a warning. May be repeated. */
  kill(): Promise<void>;
}

const GRACE = 8_000;
const REAPING = 3_000;

/**
 * The shell leads the group. Its second child waits for the end of a pipe that only we hold open: when this process is
 * gone for any reason, the group ends as well. On TERM, the shell waits until the command has ended.
 */
const SUPERVISOR = `
exec 3<&0
"$@" </dev/null 3<&- & child=$!
( trap '' TERM; cat <&3; kill -TERM 0; sleep 3; kill -KILL 0 ) >/dev/null 2>&1 &
exec 3<&-
trap : TERM
while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
exit $code`;

/** Starts a command in a process group of its own. */
export function startProcess(options: ProcessOptions): ProcessGroup {
  const log = openSync(options.logFile, 'a');
  const child = spawn('/bin/sh', ['-c', SUPERVISOR, 'supervisor', options.command, ...options.args], {
    cwd: options.cwd,
    env: options.env,
    stdio: ['pipe', log, log],
    detached: true,
  });
  closeSync(log);
  child.on('error', () => undefined);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${options.command} cannot be started in ${options.cwd}.`);
  // Neither the child nor its pipe keeps this process alive: the end of this process is what stops the child at last.
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  const stopping = once(() => stopGroup(child, pid));
  const killing = once(() => killGroup(child, pid));
  return { pid, hasExited: () => hasExited(child), stop: stopping, kill: killing };
}

const hasExited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function stopGroup(child: ChildProcess, pid: number): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  await until(() => hasExited(child), GRACE);
  await killGroup(child, pid);
}

async function killGroup(child: ChildProcess, pid: number): Promise<void> {
  signalGroup(pid, 'SIGKILL');
  child.stdin?.destroy();
  // Nothing survives SIGKILL. But if a container's first process does not reap orphans, their entries stay for ever.
  await until(() => !signalGroup(pid, 0), REAPING);
}

/** Returns false if the group has no process any more. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean, milliseconds: number): Promise<boolean> {
  const end = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > end) return false;
    await delay(20);
  }
  return true;
}

function once<T>(action: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= action());
}
