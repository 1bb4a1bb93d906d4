import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProcess } from '../../../localstack/process-group.ts';
import { processesMentioning } from '../../support/processes.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'process-group-'));
});
afterEach(() => rm(dir, { recursive: true }));

/** A process with a child of its own; both ignore polite requests when `stubborn`. */
const family = (mark: string, stubborn = false) => ({
  command: '/bin/sh',
  args: ['-c', `${stubborn ? "trap '' TERM;" : ''} sleep 300 & sleep 301; echo never`],
  cwd: dir,
  env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', MARK: mark },
  logFile: join(dir, 'log'),
});

describe.runIf(process.platform === 'linux')('a process in a group of its own', () => {
  it('is stopped with its descendants', async () => {
    const mark = randomUUID();
    const group = startProcess(family(mark));
    await expect.poll(async () => (await processesMentioning(mark)).length).toBeGreaterThan(3);
    expect(group.hasExited()).toBe(false);
    await Promise.all([group.stop(), group.stop()]);
    expect(await processesMentioning(mark)).toStrictEqual([]);
  });

  it('is noticed to have ended', async () => {
    const mark = randomUUID();
    const group = startProcess({ ...family(mark), args: ['-c', 'exit 3'] });
    await expect.poll(() => group.hasExited()).toBe(true);
    await group.stop();
    expect(await processesMentioning(mark)).toStrictEqual([]);
  });

  it.each([false, true])(
    'ends when its starter is killed (stubborn: %s)',
    async (stubborn) => {
      const mark = randomUUID();
      const module = pathToFileURL(join(import.meta.dirname, '../../../localstack/process-group.ts')).href;
      const script = `const { startProcess } = await import(${JSON.stringify(module)});
      startProcess(${JSON.stringify(family(mark, stubborn))});
      setInterval(() => undefined, 1000);`;
      const starter = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
      await expect.poll(async () => (await processesMentioning(mark)).length, { timeout: 5_000 }).toBeGreaterThan(4);
      starter.kill('SIGKILL');
      await once(starter, 'exit');
      await expect.poll(() => processesMentioning(mark), { timeout: 10_000 }).toStrictEqual([]);
    },
    20_000,
  );
});
