import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Bench } from '../topic.ts';

/** What the process beside ours is to do. All of a table's rows have the shape of dataset.ts. */
export type RivalJob =
  /** Reads the table and throws it away. */
  | { readonly kind: 'read'; readonly uri: string; readonly table: string; readonly rows: number }
  /** LOAD DATA of a file that is in memory already, into an empty table, over some connections. */
  | {
      readonly kind: 'load';
      readonly uri: string;
      readonly table: string;
      readonly rows: number;
      readonly lanes: number;
    }
  /** Reads rows and writes them by INSERT or REPLACE, some a statement: what one writes who just copies a table. */
  | {
      readonly kind: 'insert';
      readonly fromUri: string;
      /** The table; a condition may follow. */
      readonly from: string;
      readonly toUri: string;
      readonly to: string;
      readonly verb: 'insert' | 'replace';
      readonly batch: number;
    };

/** Does a job in a process of its own, as ours has one; seconds. */
export async function runRival({ programs, cleanup }: Bench, job: RivalJob): Promise<number> {
  const env = { ...process.env };
  delete env['NODE_OPTIONS'];
  const child = fork(programs.rival, [], { env, execArgv: [] });
  const stop = cleanup.add(() => ended(child));
  child.send(job);
  try {
    const exit = once(child, 'exit').then(() => [undefined]);
    const [seconds] = (await Promise.race([once(child, 'message'), exit])) as unknown[];
    if (typeof seconds !== 'number') throw new Error(`The job "${job.kind}" has failed.`);
    return seconds;
  } finally {
    await stop();
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
