import type { Gate } from './gate.ts';
import { MemoryWorld } from './memory-world.ts';
import { VirtualClock } from './virtual-clock.ts';
import type { TaskOptions } from '../../lib/task/task.ts';

/** A call that a worker made, and when. */
export interface Call {
  readonly call: string;
  readonly at: number;
}

/** A task in continuous mode, in virtual time, with a source that is written to while the worker looks at it. */
export class BusyWorld {
  readonly clock = new VirtualClock();
  readonly world: MemoryWorld;
  readonly calls: Call[] = [];
  #due: { readonly at: number; readonly write: () => void }[] = [];

  constructor(options: Partial<TaskOptions> = {}) {
    this.world = new MemoryWorld({ mode: 'continuous', ...options }, {}, this.clock);
  }

  /** Writes at the source so many milliseconds from now: no later than the next call that is made by then. */
  write(after: number, write: () => void): void {
    this.#due.push({ at: this.clock.now() + after, write });
  }

  /** Takes note of every call before it is made; `gate` comes after that. */
  readonly gate =
    (inner: Gate = () => Promise.resolve()): Gate =>
    async (call, when) => {
      this.writeDue();
      if (when === 'before') this.calls.push({ call, at: this.clock.now() });
      await inner(call, when);
      // What was written while the call was on its way is there when it arrives.
      this.writeDue();
    };

  writeDue(): void {
    const now = this.clock.now();
    const due = this.#due.filter(({ at }) => at <= now);
    this.#due = this.#due.filter(({ at }) => at > now);
    for (const { write } of due) write();
  }

  /** Those of the calls, in order. */
  made(call: string): Call[] {
    return this.calls.filter((made) => made.call === call);
  }
}
