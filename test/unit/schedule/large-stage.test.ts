import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../support/memory/large-stage.ts', import.meta.url));
/** MiB. All tasks together need more, and the process would end. */
const HEAP = 64;

it('a tick and a list of tasks of 1,000 tables hold a page of them, however many there are', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    `--max-old-space-size=${HEAP}`,
    SCRIPT,
    '200',
    '1000',
  ]);
  const { tasks, started, failed, listed } = JSON.parse(stdout) as Record<string, number>;
  expect({ tasks, started, failed, listed }).toEqual({ tasks: 200, started: 200, failed: 0, listed: 0 });
}, 120_000);
