import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { zipEntries } from '../zip-entries.ts';
import { type Outcome, startRuntimeApi } from './runtime-api.ts';

export interface ZippedFunction {
  readonly zip: string;
  /** As the template has it. */
  readonly handler: string;
  /** As the template has it, and nothing of this process's. */
  readonly environment: Readonly<Record<string, string>>;
}

const CLIENT = join(import.meta.dirname, 'runtime-client.ts');

/**
 * Gives one event to a function in a process of its own, as Lambda does. `dir` gets the zip's files, and the process can
 * read no others.
 */
export async function invokeZip(
  dir: string,
  { zip, handler, environment }: ZippedFunction,
  event: unknown,
): Promise<Outcome & { readonly printed: string }> {
  for (const [name, content] of zipEntries(await readFile(zip))) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
  }
  const api = await startRuntimeApi(event);
  const env = { ...environment, _HANDLER: handler, LAMBDA_TASK_ROOT: dir, AWS_LAMBDA_RUNTIME_API: api.address };
  const readable = [dir, CLIENT].map((path) => `--allow-fs-read=${path}`);
  const child = spawn(process.execPath, ['--permission', ...readable, CLIENT], { cwd: dir, env });
  const printed = Promise.all([text(child.stdout), text(child.stderr)]);
  const closed = once(child, 'close');
  try {
    const ended = closed.then(async () => {
      throw new Error(`The process ended without an answer: ${(await printed).join('')}`);
    });
    const outcome = await Promise.race([api.outcome, ended]);
    ended.catch(() => undefined);
    child.kill('SIGKILL');
    return { ...outcome, printed: (await printed).join('') };
  } finally {
    child.kill('SIGKILL');
    await api.stop();
  }
}
