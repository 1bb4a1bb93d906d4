import type { Gate } from './gate.ts';
import { MemoryWorld } from './memory-world.ts';
import { VirtualClock } from './virtual-clock.ts';
import type { TaskOptions } from '../../lib/task/task.ts';

/** A call that a worker made, and its time. */
export interface Call {
  readonly call: string;
  readonly at: number;
}

/** A task in continuous mode, in virtual time. Its source is written to while the worker reads it. */
export class BusyWorld {
  readonly clock = new VirtualClock();
  readonly world: MemoryWorld;
  readonly calls: Call[] = [];
  #due: { readonly at: number; readonly write: () => void }[] = [];

  constructor(options: Partial<TaskOptions> = {}) {
    this.world = new MemoryWorld({ mode: 'continuous', ...options }, {}, this.clock);
  }

  /** Writes at the source in `after` milliseconds: at the latest before the first call after that time. */
  write(after: number, write: () => void): void {
    this.#due.push({ at: this.clock.now() + after, write });
  }

  /** Records every call, then passes it to `gate`. */
  readonly gate =
    (inner: Gate = () => Promise.resolve()): Gate =>
    async (call, when) => {
      this.writeDue();
      if (when === 'before') this.calls.push({ call, at: this.clock.now() });
      await inner(call, when);
      // Rows that were written while the call was on its way are there when it arrives.
      this.writeDue();
    };

  writeDue(): void {
    const now = this.clock.now();
    const due = this.#due.filter(({ at }) => at <= now);
    this.#due = this.#due.filter(({ at }) => at > now);
    for (const { write } of due) write();
  }

  /** The recorded calls of this name, in order. */
  made(call: string): Call[] {
    return this.calls.filter((made) => made.call === call);
  }
}
