import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFile } from '../../localstack/bundle.ts';
import type { Cleanup } from './cleanup.ts';
import type { Programs } from './topic.ts';

/** Bundled as the functions are, so that neither speed nor memory is that of a program stripped of its types. */
export async function bundlePrograms(cleanup: Cleanup): Promise<Programs> {
  const dir = await mkdtemp(join(tmpdir(), 'mo-cdc-bench-'));
  cleanup.add(() => rm(dir, { recursive: true, force: true }));
  const programs = { worker: join(dir, 'worker.mjs'), rival: join(dir, 'rival.mjs') };
  await bundleFile(join(import.meta.dirname, 'worker', 'worker.ts'), programs.worker);
  await bundleFile(join(import.meta.dirname, 'sides', 'rival.ts'), programs.rival);
  return programs;
}
