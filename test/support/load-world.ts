import type { LoadOrder } from '../../lib/store/load-order.ts';
import type { LoaderReport } from '../../lib/replication/load/loader.ts';
import type { TaskOptions, TaskSpec } from '../../lib/task/task.ts';
import type { Gate } from './gate.ts';
import { MemoryWorld, SOURCE_TABLES } from './memory-world.ts';
import { VirtualClock } from './virtual-clock.ts';

export const [A, B] = SOURCE_TABLES as [(typeof SOURCE_TABLES)[0], (typeof SOURCE_TABLES)[0]];

/** A large load in virtual time. Loaders start as the platform would start them. */
export class LoadWorld extends MemoryWorld {
  /** The gate between a loader and its ends. Loaders are numbered from 1. */
  loaderGate: (loader: number) => Gate = () => () => Promise.resolve();
  /** When an order is delivered: one delay (milliseconds) for each delivery; empty if the order is lost. */
  deliveries: (order: LoadOrder) => readonly number[] = () => [0];
  readonly orders: LoadOrder[] = [];
  readonly reports: LoaderReport[] = [];
  readonly errors: unknown[] = [];
  #loaders = 0;
  #running = new Set<Promise<void>>();

  constructor(options: Partial<TaskOptions> = {}, spec: Partial<TaskSpec> = {}) {
    super({ chunkRows: 1, transactionRows: 1_000, ...options }, spec, new VirtualClock());
    this.ordered = (order) => {
      this.orders.push(order);
      for (const delay of this.deliveries(order)) this.#start(order, delay);
    };
  }

  /** Puts `rows` rows into `a` and `others` into `b`; each row is a chunk. */
  fill(rows: number, others = 0): void {
    for (let id = 0; id < rows; id += 1) this.source.put(A, key(id), 'new');
    for (let id = 0; id < others; id += 1) this.source.put(B, key(id), 'new');
  }

  /** Waits until no loader runs any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #start(order: LoadOrder, delay: number): void {
    this.#loaders += 1;
    const gate = this.loaderGate(this.#loaders);
    const run = async (): Promise<void> => {
      if (delay > 0) await this.clock.sleep(delay);
      try {
        this.reports.push(await this.load(order, gate));
      } catch (error) {
        this.errors.push(error);
      }
    };
    const running = run().finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
}

const key = (id: number): string => String(id).padStart(5, '0');
