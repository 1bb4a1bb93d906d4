import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { toCdcError } from '../../../../lib/errors.ts';
import type { WorkerStore } from '../../../../lib/store/task-store.ts';
import { type FromWorker, FROZEN, type Order, type Report, type StoreCall, type ToWorker } from './worker-messages.ts';

const NOTHING: Report = { passed: [], point: undefined, log: [] };

/** Milliseconds of real time that a worker may take, a freeze included. */
const PATIENCE = 60_000;

/** A worker's process, as its parent sees it. */
export class WorkerProcess {
  /** The report that the worker sent when it ended. A killed worker sent none. */
  readonly ended: Promise<Report>;
  /** Resolves when the process has stopped itself. */
  readonly frozen: Promise<undefined>;
  readonly #child: ChildProcess;
  readonly #stopped = Promise.withResolvers<undefined>();

  constructor(file: string, store: WorkerStore, order: Order) {
    this.#child = spawn(process.execPath, [file], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      serialization: 'advanced',
      env: { PATH: process.env['PATH'] ?? '' },
    });
    this.frozen = this.#stopped.promise;
    this.#child.stdout?.on('data', (text: Buffer) => {
      if (text.toString().includes(FROZEN)) this.#stopped.resolve(undefined);
    });
    let report = NOTHING;
    this.#child.on('message', (message: FromWorker) => {
      if ('report' in message) report = message.report;
      else void this.#answer(store, message.call);
    });
    this.ended = once(this.#child, 'close').then(() => {
      clearTimeout(patience);
      return report;
    });
    // Kill a worker that does not end. The task is then not in step, so the test fails.
    const patience = setTimeout(() => {
      this.kill();
    }, PATIENCE);
    this.#send({ order });
  }

  /** Has SIGKILL ended the process? */
  get killed(): boolean {
    return this.#child.signalCode === 'SIGKILL';
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  freeze(): void {
    this.#child.kill('SIGSTOP');
    this.#stopped.resolve(undefined);
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  async #answer(store: WorkerStore, { number, method, args }: StoreCall): Promise<void> {
    try {
      const call: unknown = Reflect.get(store, method);
      const result: unknown = await Reflect.apply(call as (...args: unknown[]) => unknown, store, [...args]);
      this.#send({ answer: { number, result } });
    } catch (thrown) {
      const { code, message } = toCdcError(thrown);
      this.#send({ answer: { number, error: { code, message } } });
    }
  }

  #send(message: ToWorker): void {
    // A dead process gets no messages.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}
