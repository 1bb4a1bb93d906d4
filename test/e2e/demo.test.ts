import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** As the README has it, on the emulators: it checks each of its steps itself. */
it('the demo passes', async () => {
  const env = { ...process.env, MATRIXONE_SOURCE: undefined, MATRIXONE_SINK: undefined };
  const { stdout } = await promisify(execFile)(process.execPath, ['localstack/demo.ts'], { cwd: ROOT, env });
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('demo: passed');
});
