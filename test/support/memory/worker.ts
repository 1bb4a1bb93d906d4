import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { memoryFor } from '../../../lib/deployment/memory.ts';
import { bundleFile } from '../../../localstack/bundle.ts';
import type { TaskSpec } from '../../../lib/task/task.ts';
import { declaredStack } from '../declared-stack.ts';

/** An order to the worker's process. */
export type Order =
  | { readonly kind: 'create'; readonly spec: TaskSpec }
  | { readonly kind: 'check'; readonly name: string; readonly check: 'verify' | 'resync' }
  | { readonly kind: 'run' | 'drop'; readonly name: string };

/** The work of one run of the task, and the most memory that was resident during it. */
export interface Step {
  readonly peakMiB: number;
  readonly seconds: number;
  /** Processor seconds of all the worker's threads together. */
  readonly cpuSeconds: number;
  readonly rowsLoaded: number;
  readonly rowsApplied: number;
  readonly chunks: number;
  /** The rows that the last check compared. */
  readonly checked: number;
  readonly error: string | undefined;
}

/** Node's options of the deployed worker, unless the deployment says otherwise. */
export async function workerOptions(): Promise<string> {
  const { params } = await declaredStack();
  return memoryFor(Number(params.default['workerMemory'])).nodeOptions.worker;
}

/**
 * A worker in a process of its own, bundled like the deployed one and with the same options. Its store is in memory.
 */
export class MeasuredWorker {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #dir: string;

  private constructor(child: ChildProcess, answers: AsyncIterator<string>, dir: string) {
    this.#child = child;
    this.#answers = answers;
    this.#dir = dir;
  }

  static async start(nodeOptions?: string): Promise<MeasuredWorker> {
    const dir = await mkdtemp(path.join(tmpdir(), 'mo-cdc-worker-'));
    const file = path.join(dir, 'worker.mjs');
    await bundleFile(path.join(import.meta.dirname, 'worker-process.ts'), file);
    const env = { PATH: process.env['PATH'] ?? '', NODE_OPTIONS: nodeOptions ?? (await workerOptions()) };
    const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'], env });
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return new MeasuredWorker(child, answers, dir);
  }

  async create(spec: TaskSpec): Promise<void> {
    await this.#ask({ kind: 'create', spec });
  }

  async check(name: string, check: 'verify' | 'resync'): Promise<void> {
    await this.#ask({ kind: 'check', name, check });
  }

  /** One run of a task in mode `tick`: the load if it is not done, then one window, then the rest of a check. */
  async run(name: string): Promise<Step> {
    return (await this.#ask({ kind: 'run', name })) as Step;
  }

  async drop(name: string): Promise<void> {
    await this.#ask({ kind: 'drop', name });
  }

  async stop(): Promise<void> {
    const ended = this.#child.exitCode === null ? once(this.#child, 'exit') : undefined;
    this.#child.stdin?.end();
    await ended;
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #ask(order: Order): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
    const answer = await this.#answers.next();
    if (answer.done === true) throw new Error('The measured worker has died.');
    return JSON.parse(answer.value);
  }
}
