import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startMariaDb } from '../../localstack/mariadb.ts';

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
  expect(server.pid).toBeGreaterThan(0);
  await server.stop();
});
