import { chmod, mkdir, mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshName } from './topic.ts';
import type { Cleanup } from './cleanup.ts';

/** A Lambda function of so many megabytes has one processor, and one of less has its share of one. */
const MEGABYTES_OF_A_PROCESSOR = 1_769;
const PERIOD_US = 100_000;
const GROUPS = '/sys/fs/cgroup';

/**
 * A program that runs Node with the memory and the share of a processor that Lambda gives a function of this size. It
 * takes control groups of version 1, and root.
 */
export async function nodeOfSize(cleanup: Cleanup, megabytes: number): Promise<string> {
  const name = freshName(`size${megabytes}`);
  const [cpu, memory] = [join(GROUPS, 'cpu', name), join(GROUPS, 'memory', name)];
  for (const group of [cpu, memory]) {
    await mkdir(group);
    cleanup.add(() => rmdir(group));
  }
  const quota = Math.round((PERIOD_US * megabytes) / MEGABYTES_OF_A_PROCESSOR);
  await writeFile(join(cpu, 'cpu.cfs_period_us'), String(PERIOD_US));
  await writeFile(join(cpu, 'cpu.cfs_quota_us'), String(quota));
  await writeFile(join(memory, 'memory.limit_in_bytes'), String(megabytes * 1024 ** 2));
  await writeFile(join(memory, 'memory.swappiness'), '0');
  const dir = await mkdtemp(join(tmpdir(), 'mo-cdc-size-'));
  cleanup.add(() => rm(dir, { recursive: true, force: true }));
  const program = join(dir, 'node');
  // The process enters the groups before it is Node, so that all of its memory counts.
  const enter = [cpu, memory].map((group) => `echo $$ > ${group}/cgroup.procs`).join('\n');
  await writeFile(program, `#!/bin/sh\nset -e\n${enter}\nexec ${process.execPath} "$@"\n`);
  await chmod(program, 0o755);
  return program;
}
