import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startMariaDb } from '../../localstack/mariadb.ts';
import { processesMentioning } from '../support/processes.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mariadb-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true, force: true });
});

it('keeps its temporary tables to itself from the first, where others would remove them', async () => {
  vi.stubEnv('TMPDIR', join(dir, 'common'));
  const server = await startMariaDb({ dir });
  await server.stop();
  expect(await processesMentioning(dir)).toEqual([]);
});

it('ends when its starter is killed', async () => {
  const module = pathToFileURL(join(import.meta.dirname, '../../localstack/mariadb.ts')).href;
  const script = `const { startMariaDb } = await import(${JSON.stringify(module)});
    await startMariaDb({ dir: process.env.DIR });
    console.log('up');
    setInterval(() => undefined, 1000);`;
  const starter = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, DIR: dir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(starter.stdout, 'data');
  starter.kill('SIGKILL');
  await expect.poll(() => processesMentioning(dir), { timeout: 10_000 }).toEqual([]);
});
